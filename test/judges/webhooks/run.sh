#!/usr/bin/env bash
# Signs events of Resend with the npm packages svix and standardwebhooks and gives them to resend_ingest in the
# database that PG* names (made here by CREATE EXTENSION where it is not there yet). Prints ok and not ok lines.
set -euo pipefail
cd "$(dirname "$0")"
[[ -d node_modules ]] || npm ci --no-audit --no-fund --silent
psql -XqAt -v ON_ERROR_STOP=1 -c 'SET client_min_messages = error' -c 'CREATE EXTENSION IF NOT EXISTS calcom' \
  -c 'SELECT FROM calcom_setup()' >/dev/null
exec node webhooks.mjs
