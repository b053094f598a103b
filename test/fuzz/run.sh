#!/usr/bin/env bash
# Fuzzes each target for SECONDS (default 60), two at a time, starting from the captured bodies. Ends with an error when
# there is a finding, whose input is left in build/fuzz/findings. Usage: test/fuzz/run.sh [SECONDS] [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[[ $# -eq 0 ]] || shift
fuzz=build/fuzz
export fuzz seconds

# What the fuzzer starts from.
seed() {
  local target=$1 corpus=$2 line
  case $target in
    fuzz_payload) cp test/fixtures/calcom/*.json test/fixtures/calcom/*.txt "$corpus"; rm -f "$corpus/manifest.json" ;;
    fuzz_signature) sed -n 's/.*"hmac_sha256": "\(.*\)".*/\1/p' test/fixtures/calcom/manifest.json | sed -n 1,5p |
      while read -r line; do printf '\200%swhsec_testbody' "$line" >"$corpus/$line"; done ;;
    fuzz_request) grep -v '^$' test/fuzz/requests.txt | while read -r line; do
      # shellcheck disable=SC2059
      printf "$line" >"$corpus/$(printf '%s' "$line" | cksum | cut -d' ' -f1)"
    done ;;
    *) grep -oh '"20[0-9T:.+Z-]*"' test/fixtures/calcom/*.json | tr -d '"' | sort -u |
      while read -r line; do printf '%s' "$line" >"$corpus/$line"; done ;;
  esac
}

run_target() {
  local target=$1 corpus=$fuzz/corpus/$1 options=()
  mkdir -p "$corpus"
  seed "$target" "$corpus"
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0)
  [[ ! -f test/fuzz/${target#fuzz_}.dict ]] || options+=(-dict="test/fuzz/${target#fuzz_}.dict")
  if "$fuzz/$target" "${options[@]}" -artifact_prefix="$fuzz/findings/$target-" "$corpus" 2>"$fuzz/$target.log"; then
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$fuzz/$target.log") executions, no finding"
  else
    cat "$fuzz/$target.log"
    echo "$target: a finding, see $fuzz/findings"
    return 1
  fi
}
export -f seed run_target

cmake -S . -B "$fuzz" -G Ninja -DCMAKE_CXX_COMPILER="${FUZZ_CXX:-clang++-14}" -DCALCOM_FUZZ=ON >/dev/null
mkdir -p "$fuzz/findings"
cmake --build "$fuzz" --parallel 2 >"$fuzz/build.log" || { cat "$fuzz/build.log"; exit 1; }
[[ $# -gt 0 ]] || mapfile -t targets < <(basename -s .cpp test/fuzz/fuzz_*.cpp)
printf '%s\n' "${@:-${targets[@]}}" | xargs -P 2 -I {} bash -euo pipefail -c 'run_target {}'
