#!/usr/bin/env bash
# How many deliveries a second go through the proxy, against the same calls made by pgbench to the same server in the
# same run: the difference is what HTTP and the proxy cost. Prints a table in Markdown; every answer 200 must be stored.
#   test/bench/proxy_load.sh [SECONDS]       (default 5 a row; needs wrk, the extension installed, build/cmake/calcom-proxy)
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/../../tools/lib.sh"
# shellcheck source=tools/cluster.sh
source "$root/tools/cluster.sh"

seconds=${1:-5}
each=$((seconds * 3000)) # bodies a row: more than a machine of this kind answers
here=$root/test/bench
fixture=$root/test/fixtures/calcom/BOOKING_CREATED-chain1.json
proxy=${CALCOM_PROXY:-$build/cmake/calcom-proxy}
have wrk || die "needs wrk (Debian: apt-get install wrk)"
[[ -x $proxy ]] || die "needs $proxy: make proxy"
use_postgresql
choose_server_user
logs=$build/logs run=$(mktemp -d "${TMPDIR:-/tmp}/calcom-load.XXXXXX")
mkdir -p "$logs"
place_run_directory

finish() {
  [[ -z ${proxy_pid:-} ]] || kill "$proxy_pid" 2>/dev/null || true
  cluster_stop
  rm -rf "$run"
}
trap finish EXIT
sql() { cluster_sql postgres "$1"; }
bodies() { perl "$here/proxy_bodies.pl" "$fixture" load-secret "$1" "$each" >"$run/bodies.$1"; }

prepare() {
  cluster_start
  sql 'create extension calcom' && sql 'select calcom_setup()' >/dev/null
  sql "select calcom_set_secret('default', 'webhook', 'load-secret')" >/dev/null
  sql 'create role proxy login in role calcom_ingester'
  # Kept in order, so that a call finds its body by a number, which costs next to nothing.
  sql 'create table load (number int generated always as identity primary key, signature text, body bytea)'
  sql 'create table raw (signature text, hex text); create sequence next_one'
  bodies 1
  cluster_psql postgres -c '\copy raw from pstdin delimiter $$ $$' <"$run/bodies.1"
  sql "insert into load (signature, body) select signature, decode(hex, 'hex') from raw; drop table raw"
  sql 'grant select on load to proxy; grant usage on sequence next_one to proxy'
  sql 'vacuum analyze load'
}

start_proxy() {
  local log=$run/proxy.log
  DATABASE_URL="host=$socket_dir port=$pg_port dbname=postgres user=proxy" "$proxy" --listen 127.0.0.1:0 >"$log" 2>&1 &
  proxy_pid=$!
  wait_until 10 grep -q '^listening on ' "$log" || die "the proxy did not start: $(<"$log")"
  url=$(sed -n 's/^listening on //p' "$log")
  wait_until 10 curl -fso /dev/null "$url/healthz" || die 'the proxy is not healthy'
}

# row NAME CLIENTS ANSWERS SECONDS P50 P99
row() {
  awk -v name="$1" -v clients="$2" -v n="$3" -v s="$4" -v p50="$5" -v p99="$6" -v base="${base:-}" 'BEGIN {
    printf "| %s | %d | %.0f | %s | %.1f | %.1f |\n", name, clients, n / s, base ? sprintf("%.2f", n / s / base) : "1", p50, p99 }'
}

by_pgbench() {
  printf '%s\n' "select nextval('next_one') as n \\gset" \
    'select (select outcome from calcom_ingest(l.body, l.signature)) from load l where number = :n;' >"$run/call.sql"
  (cd "$run" && "$pg_bin/pgbench" -n -M prepared -c 4 -j 1 -T "$seconds" -f call.sql -l --log-prefix="$run/log" \
    -h "$socket_dir" -p "$pg_port" -U proxy postgres >"$run/pgbench.out" 2>&1) || die "pgbench: $(tail -n 3 "$run/pgbench.out")"
  local answers p50 p99
  answers=$(cat "$run"/log.* | wc -l)
  ((answers < each)) || die 'too few bodies for pgbench'
  p50=$(cat "$run"/log.* | awk '{ print $3 / 1000 }' | sort -n | sed -n "$((answers / 2))p")
  p99=$(cat "$run"/log.* | awk '{ print $3 / 1000 }' | sort -n | sed -n "$((answers * 99 / 100))p")
  row 'pgbench calls `calcom_ingest`' 4 "$answers" "$seconds" "$p50" "$p99"
  base=$((answers / seconds))
}

# by_wrk NAME CLIENTS FIRST: each delivery is new. wrk drops what is under way at its end, so more may be stored.
by_wrk() {
  local name=$1 clients=$2 first=$3 before answers took p50 p99 refused errors stored
  bodies "$first"
  before=$(sql 'select count(*) from calcom_events')
  read -r _ answers took p50 p99 refused errors < <(wrk -t 1 -c "$clients" -d "$seconds" --timeout 10s -s "$here/proxy_load.lua" "$url" \
    -- "$run/bodies.$first" | grep ^RESULT)
  rm "$run/bodies.$first"
  stored=$(($(sql 'select count(*) from calcom_events') - before))
  [[ $refused == 0 && $errors == 0 ]] || die "$name: $refused answers were refusals, $errors socket errors"
  ((stored >= answers && stored <= answers + clients)) || die "$name: $answers answers 200, $stored stored"
  row "$name" "$clients" "$answers" "$took" "$p50" "$p99"
}

without_database() {
  local answers took p50 p99
  read -r _ answers took p50 p99 _ < <(wrk -t 1 -c 64 -d "$seconds" -s "$here/proxy_load.lua" "$url/nowhere" | grep ^RESULT)
  base='' row 'the proxy alone (answers 404)' 64 "$answers" "$took" "$p50" "$p99" | sed 's/| 1 |/| |/'
}

prepare
start_proxy
printf '%s, %s cores, %s, PostgreSQL %s; test/bench/proxy_load.sh %s\n\n' "$(date -u +%F)" "$(nproc)" \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$("$PG_CONFIG" --version | cut -d' ' -f2)" "$seconds"
printf '| | clients | a second | ratio | p50 ms | p99 ms |\n|---|--:|--:|--:|--:|--:|\n'
by_pgbench
by_wrk 'POST through the proxy' 4 1000001
by_wrk 'POST through the proxy' 64 2000001
by_wrk 'POST through the proxy' 256 3000001
without_database
