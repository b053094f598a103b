#!/bin/sh
# Fuzzes each target for SECONDS (default 60), starting from the captured bodies. Ends with an error at the first
# finding, whose input is left in build/fuzz/findings. Usage: test/fuzz/run.sh [SECONDS] [TARGET...]
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
build=build/fuzz
cmake -S . -B $build -G Ninja -DCMAKE_CXX_COMPILER="${FUZZ_CXX:-clang++-14}" -DCALCOM_FUZZ=ON >/dev/null
mkdir -p $build/findings
cmake --build $build --parallel 2 >$build/build.log || { cat $build/build.log; exit 1; }

[ $# -gt 0 ] || set -- $(basename -s .cpp test/fuzz/fuzz_*.cpp)
for target in "$@"; do
  corpus=$build/corpus/$target
  mkdir -p "$corpus"
  case $target in
    fuzz_payload) cp test/fixtures/calcom/*.json test/fixtures/calcom/*.txt "$corpus"; rm -f "$corpus/manifest.json" ;;
    fuzz_signature) sed -n 's/.*"hmac_sha256": "\(.*\)".*/\1/p' test/fixtures/calcom/manifest.json | head -n 5 |
      while read -r line; do printf '\200%swhsec_testbody' "$line" >"$corpus/$line"; done ;;
    fuzz_request) grep -v '^$' test/fuzz/requests.txt | while read -r line; do
      # shellcheck disable=SC2059
      printf "$line" >"$corpus/$(printf '%s' "$line" | cksum | cut -d' ' -f1)"
    done ;;
    fuzz_ics) printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 METHOD:REQUEST BEGIN:VEVENT UID:abc@google.com SUMMARY:Talk \
      DTSTART:20261125T070000Z DURATION:PT30M SEQUENCE:4 STATUS:CONFIRMED 'ORGANIZER;CN="Zoe: M":mailto:zoe@studio.example' \
      'ATTENDEE;CN=Ana;PARTSTAT=ACCEPTED:mailto:ana@example.com' END:VEVENT END:VCALENDAR >"$corpus/request" ;;
    *) grep -oh '"20[0-9T:.+Z-]*"' test/fixtures/calcom/*.json | tr -d '"' | sort -u |
      while read -r line; do printf '%s' "$line" >"$corpus/$line"; done ;;
  esac
  options="-max_total_time=$seconds -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0"
  [ -f "test/fuzz/${target#fuzz_}.dict" ] && options="$options -dict=test/fuzz/${target#fuzz_}.dict"
  # shellcheck disable=SC2086
  if ! $build/"$target" $options -artifact_prefix=$build/findings/"$target"- "$corpus" 2>$build/"$target".log; then
    cat $build/"$target".log
    echo "$target: a finding, see $build/findings" >&2
    exit 1
  fi
  echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' $build/"$target".log) executions, no finding"
done
