# The private cluster of make run: made, started and stopped here, by its own data directory only.
# Sourced by run.sh after lib.sh; uses $run, $pg_bin, $server_user; sets $socket_dir and $pg_port.
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

# The socket's directory is the lock on the door (mode 0700, hence trust); over TCP nobody gets in without a password,
# and no role has one until you give it one.
cluster_make() {
  say "- making a private cluster in $run/data"
  as_server "$pg_bin/initdb" -D "$run/data" -U postgres -E UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256 >"$logs/run-initdb.log" 2>&1 || {
    rm -rf "$run/data"
    tail -n 5 "$logs/run-initdb.log" >&2
    die "initdb failed (log: $logs/run-initdb.log)"
  }
  as_server tee -a "$run/data/postgresql.conf" >/dev/null <<CONF
# Added by make run
shared_preload_libraries = 'calcom'
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0700
cluster_name = 'calcom make run'
CONF
}

cluster_start() {
  [[ -f $run/data/PG_VERSION ]] || cluster_make
  [[ $(<"$run/data/PG_VERSION") == "$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" ]] ||
    die "$run/data was made by PostgreSQL $(<"$run/data/PG_VERSION"): give that one by PG_CONFIG, or remove the directory"
  pg_port=${CALCOM_PG_PORT:-$(free_port 15432)}
  say "- starting it on port $pg_port"
  as_server "$pg_bin/pg_ctl" start -w -t 60 -s -D "$run/data" -l "$run/server.log" \
    -o "-p $pg_port -k '$socket_dir'" >"$logs/run-start.log" 2>&1 9>&- || {
    tail -n 5 "$run/server.log" >&2
    die "the server did not start (log: $run/server.log)"
  }
}

cluster_stop() {
  [[ -f $run/data/postmaster.pid ]] || return 0
  as_server "$pg_bin/pg_ctl" stop -w -t 60 -s -m fast -D "$run/data" >/dev/null 2>&1 9>&- || true
}
