#!/usr/bin/env bash
# The install SQL is src/sql/order.txt and nothing else: a file that is not in the list would never run, one that is in it
# twice would fail to. No line is longer than 120 columns.
source "$(dirname "$0")/lib.sh"

scan() {
  local listed=$1/src/sql/order.txt
  [[ -f $listed ]] || return 0
  (cd "$1/src/sql" && find . -name '*.sql' -not -path './release/*' -not -path './upgrade/*' | sed 's|^\./||' | sort) |
    comm -23 - <(sort "$listed") | sed 's|.*|src/sql/&: is not in src/sql/order.txt|'
  sort "$listed" | uniq -d | sed 's|.*|src/sql/&: is in src/sql/order.txt twice|'
  (cd "$1" && find src/sql -name '*.sql' -exec awk 'length($0) > 120 { print FILENAME ":" FNR ": longer than 120 columns" }' {} +)
}

plant() {
  printf '%s\n' a.sql b.sql b.sql wide.sql | good src/sql/order.txt
  good src/sql/a.sql <<<'select 1;'
  bad src/sql/b.sql <<<'select 1;'
  bad src/sql/c.sql <<<'select 1;'
  printf -- '-- %0120d\n' 0 | bad src/sql/wide.sql
}
gate
