#!/usr/bin/env bash
# The superuser of a test server is named as who started it: what a test expects must not name one.
# shellcheck source=test/gate/lib.sh
source "$(dirname "$0")/lib.sh"

scan() {
  local folder
  for folder in expected test/isolation/expected; do
    [[ ! -d $1/$folder ]] || (cd "$1" && grep -nHE '\b(role|owner|user) (postgres|root)\b' "$folder"/*.out || true)
  done | sed -E 's/^([^:]*:[0-9]*):.*/\1: names the superuser, who has another name elsewhere: replace(…, session_user, '"'USER'"')/'
}

plant() {
  printf ' moved | role postgres\n' | bad expected/a.out
  printf ' moved | role USER\n' | good expected/b.out
  printf ' moved | role root\n' | bad test/isolation/expected/c.out
}

gate
