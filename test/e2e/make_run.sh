#!/usr/bin/env bash
# Runs what `make run` runs, twice, in a directory of its own and on free ports: the booking, its history and its mail
# are shown, samples continue it, everything stops, and the second start keeps the data.
set -uo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/../../tools/lib.sh"

failed=0
check() {
  local words=$1
  shift
  if "$@" >/dev/null 2>&1; then
    say "ok $words"
  else
    say "FAILED $words"
    failed=$((failed + 1))
  fi
}
contains() { grep -qE -- "$1" "$2"; }

use_postgresql
choose_server_user
work=$(mktemp -d "${TMPDIR:-/tmp}/calcom-e2e.XXXXXX")
chmod 711 "$work"
export CALCOM_RUN_DIR=$work/run PORT CALCOM_PG_PORT
PORT=$(free_port 21080)
CALCOM_PG_PORT=$(free_port 21432)
unset CALCOM_WEBHOOK_SECRET RESEND_API_KEY RESEND_FROM_EMAIL NEXT_PUBLIC_CALCOM_LINK CALCOM_PROXY_LISTEN
runner=

clean_up() {
  [[ -z $runner ]] || { kill -TERM "$runner" && wait "$runner"; } 2>/dev/null
  rm -rf "$work"
}
trap clean_up EXIT

# No .env: a developer's keys have no business in a test.
start() {
  CALCOM_ENV_FILE=/dev/null "$root/tools/run.sh" >"$1" 2>&1 &
  runner=$!
  wait_until 240 started_or_dead "$1"
}
started_or_dead() { contains 'Ctrl-C stops everything' "$1" || ! kill -0 "$runner" 2>/dev/null; }
stop() {
  kill -TERM "$runner"
  wait "$runner"
  runner=
}
sql() { "$pg_bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$CALCOM_RUN_DIR" -p "$CALCOM_PG_PORT" -U postgres -d calcom -c "$1"; }
is() { [[ $(sql "$1") == "$2" ]]; }
nothing_listens() { port_is_free 127.0.0.1 "$PORT" && port_is_free 127.0.0.1 "$CALCOM_PG_PORT"; }
nothing_runs() { nothing_listens && [[ ! -e $CALCOM_RUN_DIR/data/postmaster.pid && ! -e $CALCOM_RUN_DIR/proxy.pid ]]; }

start "$work/first.log"
check 'the first start comes up' contains 'Ctrl-C stops everything' "$work/first.log"
check 'the delivery is answered with 200 and applied' contains '^200 .*"outcome":"applied"' "$work/first.log"
check 'the booking is shown' contains 'status +\| accepted' "$work/first.log"
check 'its history is shown' contains 'accepted' <(sed -n '/Its history/,/The mail/p' "$work/first.log")
check 'the mail is shown with recipient and subject' contains '^To: lukasz\+cal@example\.com' "$work/first.log"
check 'the mail has a subject' contains '^Subject: .+' "$work/first.log"
check 'the mail names the zone of its reader' contains 'America/St_Johns|St\.? John|NST|-03:30' "$work/first.log"
check 'webhook address and secret are shown' contains "^Webhook URL +http://127\.0\.0\.1:$PORT/api/webhooks/calcom" "$work/first.log"
check 'the address of the booking page is shown' contains "^Booking page +http://127\\.0\\.0\\.1:$PORT/book" "$work/first.log"
check 'without a link the page says that it is not set up' [ "$(curl -s --noproxy '*' "http://127.0.0.1:$PORT/book" | grep -c 'Nothing can be booked here yet')" = 2 ]
check 'nothing is sent' is "select count(*) from email_outbox where state not in ('captured', 'queued')" 0

uid=$(cut -d ' ' -f 1 "$CALCOM_RUN_DIR/sample")
pages=http://127.0.0.1:$PORT
fetch() { curl -sS --noproxy '*' -b "$work/cookies" -c "$work/cookies" "$@"; }
link=$(grep -oE "$pages/admin/once/[0-9a-f-]+" "$work/first.log")
check 'the inbox is closed without a sign-in' [ "$(fetch -o /dev/null -w '%{http_code}' "$pages/admin/api/mails")" = 401 ]
check 'the one-time link leads to the inbox' [ "$(fetch -o "$work/page" -L -w '%{http_code} %{url_effective}' "$link")" = "200 $pages/admin/mail" ]
check 'which is a page' contains 'name="csrf" content="[0-9a-f]{64}"' "$work/page"
fetch -o "$work/mails" "$pages/admin/api/mails"
check 'with the mail of the sample' contains "\"booking_uid\" ?: ?\"$uid\"" "$work/mails"
check 'the link signs in once' [ "$(fetch -o /dev/null -w '%{http_code}' "$link")" = 403 ]
check 'nobody else reads the token' [ "$(stat -c %a "$CALCOM_RUN_DIR/operator-token")" = 600 ]
check 'a reschedule sample is taken' "$root/tools/send.sh" rescheduled
check 'the old booking is rescheduled' is "select status from bookings where uid = '$uid'" rescheduled
check 'the new one follows it' is "select status from bookings where rescheduled_from_uid = '$uid'" accepted
check 'a cancel sample is taken' "$root/tools/send.sh" cancelled
check 'the new one is cancelled' is "select status from bookings where rescheduled_from_uid = '$uid'" cancelled
check 'a recorded PING is taken' "$root/tools/send.sh" "$root/test/fixtures/calcom/PING.json"
check 'a forged body is refused' [ "$(curl -s --noproxy '*' -o /dev/null -w '%{http_code}' -d '{}' -H 'X-Cal-Signature-256: 00' \
  "http://127.0.0.1:$PORT/api/webhooks/calcom")" = 401 ]
before=$(sql 'select count(*) from bookings')
check 'a second make run on the same directory is refused' [ "$(CALCOM_ENV_FILE=/dev/null "$root/tools/run.sh" 2>&1 |
  grep -c 'another make run uses')" = 1 ]
token=$(<"$CALCOM_RUN_DIR/operator-token")
secret=$(sql "select value from calcom_secrets where account = 'default' and kind = 'webhook'")
stop
check 'nothing is left running' nothing_runs

start "$work/second.log"
check 'the second start comes up' contains 'Ctrl-C stops everything' "$work/second.log"
check 'the data is kept' is "select count(*) from bookings where uid = '$uid'" 1
check 'and one sample more is there' is 'select count(*) from bookings' $((before + 1))
check 'the token is kept' [ "$token" = "$(<"$CALCOM_RUN_DIR/operator-token")" ]
check 'the secret is kept' contains "^Secret +$secret\$" "$work/second.log"
stop
check 'nothing is left running after the second' nothing_runs

[[ $failed -eq 0 ]] || tail -n 30 "$work"/*.log
[[ $failed -eq 0 ]]
