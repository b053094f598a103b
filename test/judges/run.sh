#!/usr/bin/env bash
# Every built-in mail, calendar file and request before readers that nobody here wrote: ical.js, html-validate, Resend's
# own client, and, with RESEND_OPENAPI=FILE, its official OpenAPI file in Prism. Prints `ok …` or `not ok …` for each.
#   test/judges/run.sh          needs npm and its registry the first time; everything goes to build/judges
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/lib.sh
source "$here/../../tools/lib.sh"
samples=$build/judge-samples

# Beside their own copy of judge.mjs, since that is where node looks for packages.
judges=$build/judges
mkdir -p "$judges"
cp "$here/package.json" "$here/package-lock.json" "$here/judge.mjs" "$here/resend_client.mjs" "$judges/"
install_npm_packages "$judges"
cmake -S "$root" -B "$build/cmake" -G Ninja >&2
cmake --build "$build/cmake" -j 2 --target judge_samples >&2
rm -rf "$samples" && mkdir -p "$samples"
"$build/cmake/judge_samples" "$samples"

provider=()
prism=
resend=
trap '[[ -z $prism ]] || kill "$prism"; [[ -z $resend ]] || kill "$resend"' EXIT
if [[ -n ${RESEND_OPENAPI:-} ]]; then
  port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })")
  node "$judges/node_modules/@stoplight/prism-cli/dist/index.js" mock --errors -v silent -h 127.0.0.1 -p "$port" "$RESEND_OPENAPI" >&2 &
  prism=$!
  curl --silent --output /dev/null --retry 60 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port/"
  provider=("http://127.0.0.1:$port")
fi
status=0
node "$judges/judge.mjs" "$samples" "${provider[@]}" || status=1

# It says where it listens, and lives until its input, this script's end of the pipe, is closed.
coproc scripted { exec node "$root/test/tools/fake_resend.mjs"; }
# shellcheck disable=SC2154  # coproc sets it
resend=$scripted_PID
read -r _ port <&"${scripted[0]}"
node "$judges/resend_client.mjs" "$samples" "http://127.0.0.1:$port" || status=1
exit "$status"
