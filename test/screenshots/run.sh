#!/usr/bin/env bash
# Every built-in mail as Chromium shows it: light, dark, and 360 px wide.
#   test/screenshots/run.sh           all kinds and languages into build/screenshots, to be looked at
#   test/screenshots/run.sh docs      also those that docs/mail.md shows into docs/images, as palette PNGs
# Needs chromium (CHROMIUM=FILE, else Debian's), npm and its registry the first time, and pngquant for docs. Fails when
# a mail is wider than its screen or when a colour of its text is too near to what is behind it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/lib.sh
source "$here/../../tools/lib.sh"
samples=$build/judge-samples
shots=$build/screenshots

# Beside its own copy of shots.mjs, since that is where node looks for packages.
tools=$build/screenshot-tools
mkdir -p "$tools"
cp "$here/package.json" "$here/package-lock.json" "$here/shots.mjs" "$tools/"
install_npm_packages "$tools"
cmake -S "$root" -B "$build/cmake" -G Ninja >&2
cmake --build "$build/cmake" -j 2 --target judge_samples >&2
rm -rf "$samples" "$shots" && mkdir -p "$samples" "$shots"
"$build/cmake/judge_samples" "$samples"
node "$tools/shots.mjs" "$samples" "$shots" "${CHROMIUM:-/usr/bin/chromium}"

[[ ${1:-} == docs ]] || exit 0
for mode in light dark 360; do
  for mail in confirmation requested rescheduled cancellation rejected reminder \
    confirmation.host requested.host rescheduled.host cancellation.host; do
    # One language a column, so that each is seen.
    case $mode in light) locale=en ;; dark) locale=de ;; 360) locale=fr ;; esac
    [[ $mail != *.host || $mode != 360 ]] || locale=es
    kind=${mail%.host} copy=${mail#"${mail%.host}"}
    pngquant --force --strip --speed 1 64 --output "$root/docs/images/mail-${mail/./-}-$mode.png" \
      "$shots/$kind.$locale$copy.$mode.png"
  done
done
