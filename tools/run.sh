#!/usr/bin/env bash
# make run: the whole path on this machine, from a signed Cal.com delivery to the mail that would be sent.
# A private PostgreSQL under build/run, the proxy in front of it, one sample booking; stays until Ctrl-C.
# Nothing is mailed: accounts start in test mode, and going live is a command of its own.
#   PORT=8090 or CALCOM_PROXY_LISTEN=127.0.0.1:8090   where the proxy listens
#   CALCOM_RUN_DIR=DIR                                where the cluster lives (default build/run)
#   CALCOM_RUN_ONCE=1                                 stop after the sample instead of waiting
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tools/cluster.sh
source "$root/tools/cluster.sh"

load_env_file "${CALCOM_ENV_FILE:-$root/.env}"
unset PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD PGSERVICE PGOPTIONS DATABASE_URL
run=${CALCOM_RUN_DIR:-$build/run}
listen=${CALCOM_PROXY_LISTEN:-127.0.0.1:${PORT:-8080}}
url=http://$listen/api/webhooks/calcom
pages=http://${listen/#0.0.0.0:/127.0.0.1:} # the operator page is served to loopback names
logs=$build/logs
proxy_pid=

# step WORDS LOG COMMAND...: one line for people, the rest into a log that is shown when it fails.
step() {
  local words=$1 log=$logs/$2
  shift 2
  say "- $words"
  with_progress step_so_far logged "$@" || {
    tail -n 30 "$log" >&2
    die "that failed: $words (whole log: $log)"
  }
}

logged() { "$@" >"$log" 2>&1; }
step_so_far() { compiled_so_far "$log"; }

build_all() {
  step 'building the extension' run-extension.log make -C "$root" -j2 PG_CONFIG="$PG_CONFIG"
  step 'building the proxy' run-configure.log cmake -S "$root" -B "$build/cmake" -G Ninja
  step 'building the proxy (calcom-proxy)' run-proxy.log cmake --build "$build/cmake" --target calcom-proxy -j 2
}

# Already there, byte for byte: then no rights are needed to run again.
is_installed() {
  local share lib part
  share=$("$PG_CONFIG" --sharedir)/extension
  lib=$("$PG_CONFIG" --pkglibdir)
  cmp -s "$root/calcom.so" "$lib/calcom.so" && cmp -s "$root/calcom.control" "$share/calcom.control" || return 1
  for part in "$root"/calcom--*.sql; do cmp -s "$part" "$share/${part##*/}" || return 1; done
}

install_extension() {
  is_installed && return
  [[ $(id -u) -eq 0 ]] || have sudo ||
    die "installing needs root: as root run 'make -C $root install PG_CONFIG=$PG_CONFIG', then 'make run' again"
  step "installing calcom.so and its SQL into $("$PG_CONFIG" --pkglibdir) and $("$PG_CONFIG" --sharedir)/extension" run-install.log \
    as_root make -C "$root" install PG_CONFIG="$PG_CONFIG"
}

prepare_database() {
  [[ $(cluster_sql postgres "select count(*) from pg_database where datname = 'calcom'") == 1 ]] ||
    cluster_sql postgres 'create database calcom' >/dev/null
  cluster_sql calcom '
    set client_min_messages = warning;
    create extension if not exists calcom;
    do $login$ begin
      if not exists (select from pg_roles where rolname = $name$calcom_proxy$name$) then
        create role calcom_proxy login in role calcom_ingester;
      end if;
      if not exists (select from pg_roles where rolname = $name$calcom_admin$name$) then
        create role calcom_admin login in role calcom_operator;
      end if;
    end $login$;' >/dev/null
  say '- CREATE EXTENSION calcom; SELECT * FROM calcom_setup();'
  cluster_sql calcom 'set client_min_messages = warning; select * from calcom_setup()' >"$logs/run-setup.log"
}

# Values travel by psql's environment and standard input: never among arguments, which every user can read.
account_settings() {
  export CALCOM_WEBHOOK_SECRET=${CALCOM_WEBHOOK_SECRET:-} RESEND_API_KEY=${RESEND_API_KEY:-}
  export RESEND_FROM_EMAIL=${RESEND_FROM_EMAIL:-} NEXT_PUBLIC_CALCOM_LINK=${NEXT_PUBLIC_CALCOM_LINK:-}
  cluster_psql calcom -f - >/dev/null <<'SQL'
set log_min_error_statement = panic;
\getenv webhook CALCOM_WEBHOOK_SECRET
\getenv key RESEND_API_KEY
\getenv sender RESEND_FROM_EMAIL
\getenv link NEXT_PUBLIC_CALCOM_LINK
select :'webhook' <> '' as given, :'key' <> '' as has_key, :'sender' <> '' as has_sender, :'link' <> '' as has_link,
       not exists (select from calcom_secrets where account = 'default' and kind = 'webhook') as no_secret \gset
\if :given
  select calcom_set_secret('default', 'webhook', :'webhook')
   where not exists (select from calcom_secrets where account = 'default' and kind = 'webhook' and value = :'webhook');
\elif :no_secret
  select calcom_set_secret('default', 'webhook');
\endif
\if :has_key
  select calcom_set_secret('default', 'resend_api_key', :'key');
\endif
\if :has_sender
  select calcom_account_set('default', sender => :'sender');
\endif
\if :has_link
  select calcom_account_set('default', cal_link =>
    case when :'link' ~ '^https?://' then :'link' else 'https://cal.com/' || ltrim(:'link', '/') end);
\endif
SQL
}

# The operator page's token, made once: readable by the user the proxy runs as and by nobody else.
make_token() {
  local bytes
  [[ ! -s $run/operator-token ]] || return 0
  bytes=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && printf '%s\n' "$bytes" >"$run/operator-token")
  [[ $(id -u) -ne 0 ]] || chown "$server_user" "$run/operator-token"
}

one_time_link() {
  (as_server_exec "$run/bin/calcom-proxy" admin-link --admin-token-file "$run/operator-token" --url "$pages")
}

stop_proxy() {
  local pid=$1
  kill -TERM "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done # poll interval: its own shutdown timeout ends it
}

# What a killed `make run` left behind: only a process that runs our own copy of the proxy.
stop_leftover_proxy() {
  local pid
  [[ -f $run/proxy.pid ]] || return 0
  pid=$(<"$run/proxy.pid")
  if [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$run/bin/calcom-proxy"* ]]; then stop_proxy "$pid"; fi
  rm -f "$run/proxy.pid"
}

check_port() { port_is_free "${listen%:*}" "${listen##*:}" || die "$listen is taken; choose another port: PORT=8090 make run"; }

proxy_is_up() { curl -fsS --noproxy '*' -o /dev/null "http://$listen/healthz" 2>/dev/null; }
proxy_answered_or_died() { proxy_is_up || ! kill -0 "$proxy_pid" 2>/dev/null; }

start_proxy() {
  mkdir -p "$run/bin"
  install -m 755 "$build/cmake/calcom-proxy" "$run/bin/calcom-proxy"
  chmod 711 "$run/bin"
  (
    DATABASE_URL="postgresql://calcom_proxy@/calcom?host=$(urlencode "$socket_dir")&port=$pg_port"
    ADMIN_DATABASE_URL="postgresql://calcom_admin@/calcom?host=$(urlencode "$socket_dir")&port=$pg_port"
    CALCOM_PROXY_ADMIN_TOKEN_FILE=$run/operator-token
    export DATABASE_URL ADMIN_DATABASE_URL CALCOM_PROXY_ADMIN_TOKEN_FILE CALCOM_PROXY_LISTEN="$listen"
    unset CALCOM_WEBHOOK_SECRET RESEND_API_KEY
    as_server_exec "$run/bin/calcom-proxy"
  ) >"$logs/proxy.log" 2>&1 9>&- &
  proxy_pid=$!
  printf '%s\n' "$proxy_pid" >"$run/proxy.pid"
  wait_until 20 proxy_answered_or_died || true
  proxy_is_up || {
    tail -n 5 "$logs/proxy.log" >&2
    die "the proxy did not come up on $listen (log: $logs/proxy.log)"
  }
}

stop_all() {
  local status=$?
  trap '' INT TERM HUP
  trap - EXIT
  if [[ -n $proxy_pid ]]; then
    stop_proxy "$proxy_pid"
    wait "$proxy_pid" 2>/dev/null || true
    rm -f "$run/proxy.pid"
  fi
  rm -f "$run/env"
  cluster_stop
  say "stopped; the data stays in ${run#"$root"/} (rm -rf ${run#"$root"/} forgets it)"
  exit "$status"
}

mail_is_rendered() {
  [[ $(cluster_sql calcom "select count(*) > 0 and bool_and(state = 'captured') from email_outbox where booking_uid = '$1'") == t ]]
}

show_sample() {
  local uid answer
  title 'A signed BOOKING_CREATED goes through the proxy'
  answer=$(CALCOM_RUN_DIR=$run "$root/tools/send.sh" created) || die "the sample was not taken: $answer"
  say "$answer"
  read -r uid _ <"$run/sample"
  wait_until 30 mail_is_rendered "$uid" ||
    die "the worker rendered no mail within 30 s; see calcom_doctor() and $run/server.log"
  title 'The booking'
  cluster_psql calcom -x -P format=aligned -P tuples_only=off -c \
    "select uid, status, title, start_time, end_time, attendee_name, attendee_email, attendee_time_zone, organizer_email, location
       from bookings where uid = '$uid'"
  title 'Its history'
  cluster_psql calcom -P format=aligned -P tuples_only=off -P footer=off -c \
    "select at, action, actor, new_values ->> 'status' as status from booking_history where booking_uid = '$uid' order by at"
  title 'The mail that the worker rendered (captured, not sent: the account is in test mode)'
  cluster_psql calcom -c \
    "select format(E'To: %s\nSubject: %s\n\n%s', o.recipient, o.subject, o.request::json ->> 'text')
       from email_outbox o join bookings b on b.account = o.account and b.uid = o.booking_uid
      where o.booking_uid = '$uid' order by o.recipient <> b.attendee_email, o.recipient limit 1"
  cluster_psql calcom -c \
    "select format('(and one to each of: %s)', string_agg(o.recipient, ', ' order by o.recipient))
       from email_outbox o join bookings b on b.account = o.account and b.uid = o.booking_uid
      where o.booking_uid = '$uid' and o.recipient <> b.attendee_email having count(*) > 0"
}

show_next_steps() {
  local psql="$pg_bin/psql -h $socket_dir -p $pg_port -U postgres calcom"
  title 'Running'
  cat <<TEXT
Webhook URL     $url
Secret          $(cluster_sql calcom "select value from calcom_secrets where account = 'default' and kind = 'webhook'")
                (Cal.com > Settings > Developer > Webhooks; from outside this URL needs a tunnel or your own HTTPS front)
Booking page    http://$listen/book$([[ -n $(cluster_sql calcom "select origin from calcom_page() limit 1") ]] || printf ' (needs your link: SELECT calcom_account_set(%s))' "'default', cal_link => 'https://cal.com/NAME/EVENT'")
Inbox           $pages/admin/mail (the token is in $run/operator-token)
                signs in once, within ten minutes: $(one_time_link)
Database        $psql
More samples    make sample EVENT=created | EVENT=rescheduled | EVENT=cancelled | EVENT=test/fixtures/calcom/PING.json
What is wrong?  SELECT * FROM calcom_doctor();
Logs            ${logs#"$root"/}/proxy.log, $run/server.log
TEXT
  if [[ -n ${RESEND_API_KEY:-} && -n ${RESEND_FROM_EMAIL:-} ]]; then
    cat <<TEXT
Go live         Resend key and sender ($RESEND_FROM_EMAIL) are set. Mail leaves only after this one command:
                $psql -c "SELECT calcom_go_live('default')"
TEXT
  else
    cat <<TEXT
Go live         put RESEND_API_KEY and RESEND_FROM_EMAIL into .env (see .env.example), start again;
                the one command that goes live is shown then. Until then nothing leaves this machine.
TEXT
  fi
}

[[ $listen =~ ^.+:[0-9]+$ ]] || die "CALCOM_PROXY_LISTEN=$listen is no ADDRESS:PORT"
mkdir -p "$logs"
# Before anything is installed. A proxy of ours that holds the port is stopped below.
[[ -f $run/proxy.pid ]] || check_port
"$root/tools/dependencies.sh" run
use_postgresql
choose_server_user
place_run_directory
exec 9>"$run/lock"
flock -n 9 || die "another make run uses $run: stop it first, or set CALCOM_RUN_DIR to another directory"
stop_leftover_proxy
check_port

title 'calcom'
build_all
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cluster_stop
install_extension
cluster_start
prepare_database
account_settings
make_token
start_proxy
printf 'CALCOM_PG_BIN=%q\nCALCOM_SOCKET=%q\nCALCOM_PORT=%q\nCALCOM_URL=%q\n' "$pg_bin" "$socket_dir" "$pg_port" "$url" >"$run/env"
if [[ $(cluster_sql calcom "select mail_mode from calcom_accounts where account = 'default'") == test ]]; then
  show_sample
else
  say '- the account has left test mode: no sample is sent'
fi
show_next_steps
[[ -z ${CALCOM_RUN_ONCE:-} ]] || exit 0
title 'Ctrl-C stops everything.'
trap 'exit 0' INT
wait "$proxy_pid" || true
die "the proxy ended by itself (log: $logs/proxy.log)"
