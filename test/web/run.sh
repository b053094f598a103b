#!/usr/bin/env bash
# The pages in a real Chromium, before a real proxy and database; TAP on standard output.
#   test/web/run.sh [FILE...]        default: every *.test.mjs here
# Needs npm and its registry the first time. Everything goes to build/web-test and build/web-build. Expects the
# extension installed for PG_CONFIG, and the proxy as CALCOM_PROXY (default build/cmake/calcom-proxy).
#   CALCOM_SCREENSHOTS=1             also writes the pictures of docs/images
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/../../tools/lib.sh"
here=$root/test/web
export CALCOM_WEB_PACKAGES=$build/web-test
export CALCOM_PROXY=${CALCOM_PROXY:-$build/cmake/calcom-proxy}

# The committed web/dist must be what its sources build.
check_built_files() {
  local work=$build/web-build
  mkdir -p "$work"
  rm -rf "$work/src" "$work/dist"
  tar -C "$root/web" --exclude=./node_modules --exclude=./dist -cf - . | tar -C "$work" -xf -
  install_npm_packages "$work"
  if npm --prefix "$work" run --silent check >&2; then say 'ok 1 - web/src has no type error'; else say 'not ok 1 - web/src has a type error'; fi
  if CALCOM_WEB_OUT=$work/dist node "$work/build.mjs" >&2 && diff -r "$work/dist" "$root/web/dist" >&2; then
    say 'ok 2 - web/dist is what web/src builds'
  else
    say 'not ok 2 - web/dist is not what web/src builds: run npm run build in web/'
  fi
}

use_postgresql
mkdir -p "$CALCOM_WEB_PACKAGES"
cp "$here/package.json" "$here/package-lock.json" "$CALCOM_WEB_PACKAGES/"
install_npm_packages "$CALCOM_WEB_PACKAGES"
rm -f "$CALCOM_WEB_PACKAGES"/*.tap
status=0
if [[ $# -eq 0 ]]; then
  check_built_files | tee "$build/web-build.tap"
  ! grep -q '^not ok' "$build/web-build.tap" || status=1
  set -- "$here"/*.test.mjs
fi
# Each file starts a server and a browser of its own. Two at a time, because they wait more than they work.
run_file() { timeout --kill-after=10 600 node --test --test-reporter=tap "$1" >"$CALCOM_WEB_PACKAGES/${1##*/}.tap" 2>&1; }
export -f run_file
printf '%s\0' "$@" | xargs -0 -n 1 -P 2 bash -c 'run_file "$1"' _ || status=1
for file in "$@"; do cat "$CALCOM_WEB_PACKAGES/${file##*/}.tap"; done
exit "$status"
