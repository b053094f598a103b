#!/usr/bin/env bash
# Writes docs/reference.md from the catalogs of a temporary server that has the installed extension.
# After a change of a table, function, comment or setting: make && make install && tools/reference.sh
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/lib.sh"
use_postgresql
choose_server_user

work=$(as_server mktemp -d /tmp/calcom-reference.XXXXXX)
stop() {
  as_server "$pg_bin/pg_ctl" stop -s -m immediate -D "$work/data" || true
  rm -rf "$work"
}
trap stop EXIT
as_server "$pg_bin/initdb" -D "$work/data" -U postgres -A trust -E UTF8 --no-locale >/dev/null
as_server "$pg_bin/pg_ctl" start -w -s -D "$work/data" -l "$work/log" \
  -o "-c listen_addresses='' -c unix_socket_directories='$work' -c shared_preload_libraries=calcom"
ask() { as_server "$pg_bin/psql" -XAtq -v ON_ERROR_STOP=1 -h "$work" -U postgres -d postgres "$@"; }
ask -c 'create extension calcom' -c 'select from calcom_setup()' >/dev/null
ask <"$root/tools/reference.sql" >"$work/reference.md"
cp "$work/reference.md" "$root/docs/reference.md"
