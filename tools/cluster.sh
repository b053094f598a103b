#!/usr/bin/env bash
# Private servers, made, started and stopped by their own data directory only: that of make run and those of tests.
# Sourced by run.sh after lib.sh, it uses $run, $pg_bin, $server_user and sets $socket_dir and $pg_port. As a program:
#   tools/cluster.sh start DIRECTORY          a test's server with calcom preloaded, made at the first start
#   tools/cluster.sh stop DIRECTORY [MODE]    both as root are for a directory of the server's user
# shellcheck shell=bash disable=SC2034,SC2154  # shared with the script that sources this

urlencode() { perl -e '$_ = shift; s/([^A-Za-z0-9_.-])/sprintf "%%%02X", ord $1/ge; print' "$1"; }

# As root the server runs as another user, who cannot enter a tree below /root: then build/run is a link to a directory
# that this user can.
place_run_directory() {
  mkdir -p "$(dirname "$run")"
  if [[ ! -e $run ]]; then
    if as_server test -x "$(dirname "$run")"; then
      mkdir "$run"
    else
      rm -f "$run"
      ln -s "$(mktemp -d /var/tmp/calcom-run.XXXXXX)" "$run"
      say "note: $server_user cannot enter $(dirname "$run"), so the cluster lives in $(readlink "$run")"
    fi
  fi
  run=$(readlink -f "$run")
  [[ $(id -u) -ne 0 ]] || chown "$server_user" "$run"
  chmod 700 "$run"
  # A socket's path may have 107 bytes.
  socket_dir=$run
  if ((${#socket_dir} > 85)); then
    socket_dir=/tmp/calcom-$(printf '%s' "$run" | cksum | cut -d ' ' -f 1)
    as_server mkdir -p -m 700 "$socket_dir"
    [[ $(stat -c %U "$socket_dir") == "$server_user" ]] || die "$socket_dir belongs to somebody else; remove it"
  fi
}

cluster_psql() {
  local database=$1
  shift
  "$pg_bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -P pager=off -h "$socket_dir" -p "$pg_port" -U postgres -d "$database" "$@"
}
cluster_sql() { cluster_psql "$1" -c "$2"; }

# ---- one server by its data directory; prints nothing that its log does not hold, too -------------------------------
# server_make DATA [OPTION...]: what standard input holds is added to its postgresql.conf. Over TCP no role gets in
# without a password, and none has one; who may enter the socket's directory is trusted.
server_make() {
  local data=$1
  shift
  as_server "$pg_bin/initdb" -D "$data" -U postgres -E UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 "$@" &&
    as_server tee -a "$data/postgresql.conf" >/dev/null
}
# server_start DATA LOG OPTIONS: descriptor 9 is a lock of the caller's.
server_start() { as_server "$pg_bin/pg_ctl" start -w -t 60 -s -D "$1" -l "$2" -o "$3" 9>&-; }
server_stop() { as_server "$pg_bin/pg_ctl" stop -w -t 60 -s -D "$1" -m "${2:-fast}" 9>&-; }

# ---- the cluster of make run ------------------------------------------------------------------------------------------
cluster_make() {
  say "- making a private cluster in $run/data"
  server_make "$run/data" >"$logs/run-initdb.log" 2>&1 <<CONF || {
# Added by make run
shared_preload_libraries = 'calcom'
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0700
cluster_name = 'calcom make run'
CONF
    rm -rf "$run/data"
    tail -n 5 "$logs/run-initdb.log" >&2
    die "initdb failed (log: $logs/run-initdb.log)"
  }
}

cluster_start() {
  [[ -f $run/data/PG_VERSION ]] || cluster_make
  [[ $(<"$run/data/PG_VERSION") == "$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" ]] ||
    die "$run/data was made by PostgreSQL $(<"$run/data/PG_VERSION"): give that one by PG_CONFIG, or remove the directory"
  pg_port=${CALCOM_PG_PORT:-$(free_port 15432)}
  say "- starting it on port $pg_port"
  server_start "$run/data" "$run/server.log" "-p $pg_port -k '$socket_dir'" >"$logs/run-start.log" 2>&1 || {
    tail -n 5 "$run/server.log" >&2
    die "the server did not start (log: $run/server.log)"
  }
}

cluster_stop() {
  [[ -f $run/data/postmaster.pid ]] || return 0
  server_stop "$run/data" >/dev/null 2>&1 || true
}

# ---- a test's own server, reached by the socket in its directory only ------------------------------------------------
test_server_start() {
  local directory=$1
  [[ -d $directory/data ]] || server_make "$directory/data" --no-sync >"$directory/initdb.log" 2>&1 <<CONF || { cat "$directory/initdb.log" >&2; return 1; }
shared_preload_libraries = 'calcom'
listen_addresses = ''
unix_socket_directories = '$directory'
fsync = off
timezone = 'UTC'
calcom.node_identity_file = '/proc/sys/kernel/random/boot_id'
CONF
  server_start "$directory/data" "$directory/server.log" '' || { cat "$directory/server.log" >&2; return 1; }
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  # shellcheck source=tools/lib.sh
  source "$(dirname "$0")/lib.sh"
  use_postgresql
  choose_server_user
  case ${1:-} in
    start) test_server_start "$2" ;;
    stop) server_stop "$2/data" "${3:-fast}" ;;
    *) die 'expects start DIRECTORY or stop DIRECTORY [MODE]' ;;
  esac
fi
