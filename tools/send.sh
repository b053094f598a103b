#!/usr/bin/env bash
# Sends a sample delivery through the proxy that `make run` started, signed as Cal.com signs.
#   tools/send.sh created        a new booking tomorrow, with today's times and a fresh uid
#   tools/send.sh rescheduled    moves the last sample booking by a day
#   tools/send.sh cancelled      cancels it
#   tools/send.sh FILE           any body, byte for byte (test/fixtures/calcom has one for every kind)
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/lib.sh"

what=${1:-}
run=${CALCOM_RUN_DIR:-$build/run}
fixtures=$root/test/fixtures/calcom
[[ -n $what ]] || die "expects created, rescheduled, cancelled or a file; see the top of tools/send.sh"
[[ -f $run/env ]] || die "nothing is running; start it in another terminal: make run"
# shellcheck source=/dev/null
source "$run/env"

query() { "$CALCOM_PG_BIN/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$CALCOM_SOCKET" -p "$CALCOM_PORT" -U postgres -d calcom -c "$1"; }

# Sample attendees are people at example.com: nothing real may be mailed to them.
mode=$(query "select mail_mode from calcom_accounts where account = 'default'") || die "the database of make run does not answer"
[[ $mode == test ]] || die "the account is in mail mode '$mode': samples are sent in test mode only"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CALCOM_WEBHOOK_SECRET=$(query "select value from calcom_secrets where account = 'default' and kind = 'webhook'")
export CALCOM_WEBHOOK_SECRET
case $what in
  created) fixture=$fixtures/BOOKING_CREATED-chain1.json ;;
  rescheduled) fixture=$fixtures/BOOKING_RESCHEDULED-chain2.json ;;
  cancelled) fixture=$fixtures/BOOKING_CANCELLED-chain4.json ;;
  *) fixture= ;;
esac
if [[ -n $fixture ]]; then
  signature=$(perl "$root/tools/sample.pl" "$fixture" "$run/sample" "$work/body")
else
  [[ -f $what ]] || die "$what: no such file"
  cp -- "$what" "$work/body"
  signature=$(perl -MDigest::SHA=hmac_sha256_hex -0777 -ne 'print hmac_sha256_hex($_, $ENV{CALCOM_WEBHOOK_SECRET})' "$work/body")
fi

status=$(curl -sS --noproxy '*' -o "$work/answer" -w '%{http_code}' -X POST --data-binary "@$work/body" \
  -H 'Content-Type: application/json' -H "X-Cal-Signature-256: $signature" "$CALCOM_URL") || die "the proxy at $CALCOM_URL does not answer"
printf '%s %s\n' "$status" "$(cat "$work/answer")"
[[ $status == 200 ]]
