#!/usr/bin/env bash
# make test: installs what is missing and runs every test. Ends with the line `N passed, N failed`.
# The lines before it name each test that failed and what it said.
#   tools/test.sh [STAGE...]     only these stages, of: unit install gates sanitized sql tap leaks fake fuzz e2e judges web;
#                                matrix
# The judges (calendar, HTML, webhook and OpenAPI readers) and what drives the browser are npm packages.
# Each stage writes build/logs/test-STAGE.log, shown in part when it fails; later stages run all the same.
set -uo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/lib.sh"

all_stages=(unit install gates sanitized sql tap leaks fake fuzz e2e judges web)
stages=("$@")
[[ ${#stages[@]} -gt 0 ]] || stages=("${all_stages[@]}")
logs=$build/logs
passed=0 failed=0 summary=() failures=()
mkdir -p "$logs"

# ---- counting: what a stage's log says about its tests, as "passed failed" ------------------------------------------
count() { printf '%s %s\n' "$(grep -cE "$1" "$3")" "$(grep -cE "$2" "$3")"; }
count_gates() { count '^ok ' '^FAILED ' "$1"; }
count_unit() { count '^ *[0-9]+/[0-9]+ Test .* Passed' '^ *[0-9]+/[0-9]+ Test .*\*\*\*' "$1"; }
# pg_regress writes "test name ... ok" up to 15 and TAP from 16; isolation tests are written the same.
count_sql() { count '^(test +|  *)?[A-Za-z0-9_-]+ +\.\.\. ok|^ok [0-9]+' '\.\.\. FAILED|^not ok [0-9]+' "$1"; }
count_tap() { count '^ok [0-9]+' '^not ok [0-9]+' "$1"; }
count_prove() { count '\.pl \.+ ok' '\.pl .*(Failed|Dubious)|^FAILED ' "$1"; }
count_fuzz() { count ': [0-9]+ executions, no finding$' ': a finding, see ' "$1"; }
count_fake() { printf '%s %s\n' "$(sed -n 's/^# pass //p' "$1")" "$(sed -n 's/^# fail //p' "$1")"; }
count_lines() { count '^ok ' '^(FAILED|not ok) ' "$1"; }

# What failed, from the stage's log: the first failed tests with their file (prove names it before), and their
# output; the log's end where no test is named, as when a build fails.
failures_of() {
  local found
  found=$(awk '
    /^ *[0-9]+\.\.[0-9]+$|^$/ { next }
    /\.pl \.+ *$/ { file = $0; gsub(/.*\/| \.+ *$/, "", file); file = file " "; next }
    /^Dubious/ { for (i = 3; i > 0; i--) if (said[n - i + 1] != "") print file said[n - i + 1] }
    /^not ok |^FAILED |\.\.\. FAILED|\*\*\*(Failed|Timeout|Exception|Not Run)|: a finding, see |^Dubious/ { print file $0; more = 6; next }
    /^ *#/ && more-- > 0 { print "    " $0; next }
    { more = 0 }
    !/^ *(ok|#) / { said[++n] = $0 }' "$1" | head -n 20 | cut -c 1-300)
  [[ -n $found ]] && printf '%s\n' "$found" || tail -n 5 "$1" | cut -c 1-300
}

logged_stage() { "stage_$name" >"$log" 2>&1; }
stage_so_far() {
  local good bad
  # Stages of several lanes join their logs at the end.
  case $name in
    tap) cat "$logs"/tap-lane-?.log ;;
    web) cat "$build"/web-test/*.tap ;;
    *) cat "$log" ;;
  esac >"$log.so_far" 2>/dev/null
  read -r good bad < <("$counter" "$log.so_far")
  if ((good + bad > 0)); then printf '%s: %d passed, %d failed so far\n' "$name" "$good" "$bad"; else printf '%s: %s\n' "$name" "$(compiled_so_far "$log.so_far")"; fi
  rm -f "$log.so_far"
}

# run_stage NAME COUNTER: runs stage_NAME; a stage that fails without a failed test counts as one.
run_stage() {
  local name=$1 counter=$2 log=$logs/test-$1.log started=$SECONDS status=0 good bad
  say "$name ..."
  with_progress stage_so_far logged_stage || status=$?
  read -r good bad < <("$counter" "$log")
  [[ $status -eq 0 || $bad -gt 0 ]] || bad=1
  [[ $((good + bad)) -gt 0 ]] || bad=1
  passed=$((passed + good)) failed=$((failed + bad))
  summary+=("$(printf '%-10s %4d passed %3d failed %5d s' "$name" "$good" "$bad" $((SECONDS - started)))")
  say "${summary[-1]}"
  [[ $bad -eq 0 ]] || {
    grep -nE '(FAILED|^not ok|\*\*\*|error:|Error |ERROR:)' "$log" | head -n 20
    tail -n 40 "$log"
    say "(whole log: $log)"
    failures+=("$(failures_of "$log" | sed "s/^/$name: /")")
  }
}

# ---- stages ----------------------------------------------------------------------------------------------------------
cmake_build() {
  local directory=$1
  shift
  cmake -S "$root" -B "$directory" -G Ninja "$@" && cmake --build "$directory" -j 2
}
proxy_build() { cmake -S "$root" -B "$build/cmake" -G Ninja && cmake --build "$build/cmake" --target calcom-proxy -j 2; }
sanitized_proxy_build() {
  cmake -S "$root" -B "$build/sanitized-proxy" -G Ninja -DCMAKE_CXX_COMPILER=g++ -DCALCOM_SANITIZE=ON &&
    cmake --build "$build/sanitized-proxy" --target "$1" -j 2
}
# The names of failed executables are test names in ctest's report; a build that fails has none.
unit_tests() { ctest --test-dir "$@" --output-on-failure --no-tests=error -j 2; }

stage_unit() { cmake_build "$build/cmake" && unit_tests "$build/cmake"; }

# Installed for the servers of the following stages; the count is one: it builds without a warning and installs.
stage_install() {
  make -C "$root" -j2 PG_CONFIG="$PG_CONFIG" &&
    as_root make -C "$root" install PG_CONFIG="$PG_CONFIG" && printf 'ok install\n'
}

stage_gates() { "$root/test/gate/run.sh"; }

# The pure floors by clang, because it warns where g++ does not; the proxy by g++, because clang 14 does not know Boost's
# coroutines. Sanitizers, because a parser of other people's bytes must not read past them.
stage_sanitized() {
  local status=0
  local -x ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
  { cmake_build "$build/sanitized" -DCMAKE_CXX_COMPILER="$clang" -DCALCOM_SANITIZE=ON -DCALCOM_PROXY=OFF &&
    unit_tests "$build/sanitized"; } || status=1
  { sanitized_proxy_build proxy_tests && unit_tests "$build/sanitized-proxy" -R '^proxy_'; } || status=1
  return "$status"
}

# Two calls: isolation tests run even when a regression test failed.
stage_sql() {
  local status=0 other
  for other in ISOLATION REGRESS; do
    as_server make -C "$stage" installcheck PG_CONFIG="$PG_CONFIG" BUILD="$stage/build" "$other=" || status=1
  done
  [[ $status -eq 0 ]] || find "$stage/build" -name regression.diffs -exec head -n 200 {} +
  return "$status"
}

# Two lanes, because the tests wait more than they work; each lane takes every second file.
stage_tap() {
  local lane status=0 lanes=()
  rm -f "$logs"/tap-lane-?.log
  for lane in 0 1; do
    tap_lane "$lane" >"$logs/tap-lane-$lane.log" 2>&1 &
    lanes+=($!)
  done
  for lane in "${lanes[@]}"; do wait "$lane" || status=1; done
  cat "$logs"/tap-lane-?.log
  return "$status"
}

tap_lane() {
  as_server env PG_CONFIG="$PG_CONFIG" PG_REGRESS="$pgxs_dir/src/test/regress/pg_regress" \
    PERL5LIB="$pgxs_dir/src/test/perl:$stage/test/tap" PATH="$pg_bin:$PATH" CALCOM_PROXY="$stage/bin/calcom-proxy" \
    TESTDIR="$stage/build/tap" TESTDATADIR="$stage/build/tap/tmp_check" TESTLOGDIR="$stage/build/tap/tmp_check/log" \
    sh -c "cd '$stage' && exec prove --verbose --merge --timer \$(ls test/tap/*.pl | awk 'NR % 2 == $1')"
}

# The proxy's tests once more with a proxy that reports what it leaks or reads out of bounds, on whatever way it ends.
# A test fails if such a proxy ends by itself; the reports also cover proxies that no test waits for.
stage_leaks() {
  local status=0 report reports=$stage/build/leaks/sanitizer
  sanitized_proxy_build calcom-proxy || return 1
  cp "$build/sanitized-proxy/calcom-proxy" "$stage/bin/calcom-proxy-sanitized"
  as_server env PG_CONFIG="$PG_CONFIG" PG_REGRESS="$pgxs_dir/src/test/regress/pg_regress" CALCOM_SANITIZED=1 \
    ASAN_OPTIONS="detect_leaks=1:log_path=$reports" UBSAN_OPTIONS="print_stacktrace=1:log_path=$reports" \
    PERL5LIB="$pgxs_dir/src/test/perl:$stage/test/tap" PATH="$pg_bin:$PATH" CALCOM_PROXY="$stage/bin/calcom-proxy-sanitized" \
    TESTDIR="$stage/build/leaks" TESTDATADIR="$stage/build/leaks/tmp_check" TESTLOGDIR="$stage/build/leaks/tmp_check/log" \
    sh -c "cd '$stage' && exec prove --jobs 2 --reverse --timer test/tap/06*.pl" || status=1
  for report in "$reports".*; do
    [[ -e $report ]] || continue
    printf 'FAILED %s\n' "${report##*/}"
    cat "$report"
    status=1
  done
  return "$status"
}

# Not among all stages: 300 kills take their time. ROUNDS and docs/reliability.md: test/reliability/crash_matrix.pl.
stage_matrix() {
  local status=0
  as_server env PG_CONFIG="$PG_CONFIG" PG_REGRESS="$pgxs_dir/src/test/regress/pg_regress" \
    PERL5LIB="$pgxs_dir/src/test/perl:$stage/test/tap" PATH="$pg_bin:$PATH" ROUNDS="${ROUNDS:-20}" \
    REPORT="$stage/build/reliability.md" TESTDIR="$stage/build/tap" TESTDATADIR="$stage/build/tap/tmp_check" \
    TESTLOGDIR="$stage/build/tap/tmp_check/log" \
    sh -c "cd '$stage' && exec prove --verbose --timer test/reliability/crash_matrix.pl" || status=1
  cp "$stage/build/reliability.md" "$root/docs/reliability.md" || status=1
  return "$status"
}

# Not among all stages: 10,000 mails, predicted and then sent (test/reliability/simulation.pl).
stage_simulation() {
  as_server env PG_CONFIG="$PG_CONFIG" PG_REGRESS="$pgxs_dir/src/test/regress/pg_regress" \
    PERL5LIB="$pgxs_dir/src/test/perl:$stage/test/tap" PATH="$pg_bin:$PATH" ROUNDS="${ROUNDS:-20}" MAILS="${MAILS:-500}" \
    SEED="${SEED:-1}" TESTDIR="$stage/build/tap" TESTDATADIR="$stage/build/tap/tmp_check" \
    TESTLOGDIR="$stage/build/tap/tmp_check/log" \
    sh -c "cd '$stage' && exec prove --verbose --timer test/reliability/simulation.pl"
}

# The scripted Resend that TAP tests send to must itself do what they rely on.
stage_fake() { node --test --test-reporter=tap "$root/test/tools/"; }

stage_fuzz() { FUZZ_CXX=$clang "$root/test/fuzz/run.sh" 30; }

stage_e2e() { "$root/test/e2e/make_run.sh"; }

# Readers, signers and drivers that nobody here wrote. Those that speak to a server have one of their own.
stage_judges() {
  local server=$stage/build/judges status=0 judge
  "$root/test/judges/run.sh" || status=1
  as_server mkdir "$server" && "$root/tools/cluster.sh" start "$server" || return 1
  for judge in webhooks nextjs; do
    as_server env HOME="$stage" PGHOST="$server" PGUSER=postgres PGDATABASE=postgres PATH="$pg_bin:$PATH" \
      "$stage/test/judges/$judge/run.sh" || status=1
  done
  "$root/tools/cluster.sh" stop "$server"
  return "$status"
}

# The pages in Chromium, before a database and a proxy of their own.
stage_web() {
  [[ -x $build/cmake/calcom-proxy ]] || proxy_build || return 1
  "$root/test/web/run.sh"
}

# ---- the tree as the server's user sees it ---------------------------------------------------------------------------
# pg_regress, isolation and TAP start servers, which root may not: they run as the server's user, in a copy of the tree
# that leaves nothing of theirs in yours.
make_stage() {
  stage=$(mktemp -d "${TMPDIR:-/tmp}/calcom-test.XXXXXX")
  tar -C "$root" --exclude=./build --exclude=./.git --exclude=node_modules -cf - . | tar -C "$stage" -xf -
  [[ -x $build/cmake/calcom-proxy ]] || proxy_build >"$logs/test-proxy.log" 2>&1
  mkdir -p "$stage/bin" "$stage/build/regress" "$stage/build/isolation" "$stage/build/tap" "$stage/build/leaks"
  [[ ! -x $build/cmake/calcom-proxy ]] || cp "$build/cmake/calcom-proxy" "$stage/bin/"
  [[ $(id -u) -ne 0 ]] || chown -R "$server_user" "$stage"
}

remove_stage() {
  [[ -n ${stage:-} && -d $stage ]] || return 0
  if [[ $failed -ne 0 ]]; then
    cp -rT "$stage/build/tap/tmp_check/log" "$logs/tap" 2>/dev/null
    cp -rT "$stage/build/leaks/tmp_check/log" "$logs/leaks" 2>/dev/null
  fi
  rm -rf "$stage"
}

"$root/tools/dependencies.sh" test || exit 1
use_postgresql
choose_server_user
clang=$(if have clang++-14; then echo clang++-14; else echo clang++; fi)
trap remove_stage EXIT

for name in "${stages[@]}"; do
  case $name in
    gates) counter=count_gates ;;
    unit | sanitized) counter=count_unit ;;
    sql) counter=count_sql ;;
    tap | matrix | simulation | web) counter=count_tap ;;
    leaks) counter=count_prove ;;
    fake) counter=count_fake ;;
    fuzz) counter=count_fuzz ;;
    *) counter=count_lines ;;
  esac
  if [[ $name == sql || $name == tap || $name == leaks || $name == judges || $name == matrix || $name == simulation ]]; then [[ -n ${stage:-} ]] || make_stage; fi
  run_stage "$name" "$counter"
done

title 'Summary'
printf '%s\n' "${summary[@]}"
[[ $failed -eq 0 ]] || printf '\nFailed:\n%s\n' "$(printf '%s\n' "${failures[@]}")"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
