#!/usr/bin/env bash
# A file has one job and can be read in one sitting: 350 lines at most. Recorded bodies and expected output do not count.
source "$(dirname "$0")/lib.sh"

scan() {
  local file lines
  while IFS= read -r file; do
    lines=$(wc -l <"$file")
    ((lines <= 350)) || printf '%s: %s lines, more than 350\n' "$file" "$lines"
  done < <(find src test tools sql -type f \( -name '*.[ch]pp' -o -name '*.sql' -o -name '*.sh' -o -name '*.pl' -o -name '*.pm' \
    -o -name '*.mjs' -o -name '*.js' -o -name '*.spec' \) -not -path '*/fixtures/*' -not -path '*/node_modules/*' -not -path '*/corpus/*' -not -path 'src/sql/release/*' 2>/dev/null | sort)
}

plant() {
  seq 351 | bad src/core/a.cpp
  seq 350 | good src/core/b.cpp
}
gate
