#!/usr/bin/env bash
# docs/recipes/nextjs/route.ts: compiled by TypeScript in strict mode, then its POST called with requests as Next.js
# calls it (Next.js itself is not here), with the npm package pg and the database that PG* names, in which it makes a
# database of its own. Prints ok and not ok lines; needs npm and its registry the first time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/lib.sh
source "$here/../../../tools/lib.sh"
work=$build/judges-nextjs
mkdir -p "$work"
cp "$here/package.json" "$here/package-lock.json" "$here/route_judge.mjs" "$root/docs/recipes/nextjs/route.ts" "$work/"
install_npm_packages "$work"
cd "$work"
if node node_modules/typescript/bin/tsc --strict --noUnusedLocals --target es2022 --module nodenext --lib es2023,dom --types node \
  --outDir compiled route.ts; then
  printf 'ok route.ts is strict TypeScript\n'
else
  printf 'not ok route.ts is strict TypeScript\n'
  exit 1
fi
psql -XqAt -v ON_ERROR_STOP=1 -c 'SET client_min_messages = error' -c "DROP DATABASE IF EXISTS calcom_nextjs WITH (FORCE)" -c 'CREATE DATABASE calcom_nextjs' >/dev/null
export PGDATABASE=calcom_nextjs
psql -XqAt -v ON_ERROR_STOP=1 >/dev/null <<'SQL'
SET client_min_messages = error;
CREATE EXTENSION calcom;
SELECT FROM calcom_setup();
SELECT calcom_set_secret('default', 'webhook', 'hook-secret');
DROP ROLE IF EXISTS calcom_nextjs;
CREATE ROLE calcom_nextjs LOGIN IN ROLE calcom_ingester;
SQL
exec node route_judge.mjs "$root/test/fixtures/calcom"
