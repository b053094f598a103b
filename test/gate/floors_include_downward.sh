#!/usr/bin/env bash
# A floor includes only what lies below it, so that the pure floors stay testable without a server and the border stays
# the only place that knows both worlds. The server's headers are raw C: outside src/pg and src/worker they may not
# appear at all, inside only within an extern "C" block (or in postgres.hpp and compat.hpp, which are that block).
source "$(dirname "$0")/lib.sh"

# What each floor may include in quotes. worker/shared.hpp is the contract that src/pg has with the floor above. The
# folders of core and proxy are floors, too: a booking knows nothing of mail, nor HTTP of pages.
declare -A allowed=(
  [core]='^core/' [core/base]='^core/base/' [core/webhook]='^core/(base|webhook)/' [core/booking]='^core/(base|booking)/'
  [core/mail]='^core/(base|booking|mail)/' [core/sending]='^core/(base|sending)/'
  [net]='^(core|net)/' [pg]='^(core|pg)/|^worker/shared\.hpp$' [worker]='^(core|net|pg|worker)/'
  [proxy]='^(proxy/|core/webhook/webhook\.hpp$)' [proxy/base]='^proxy/base/'
  [proxy/http]='^(proxy/(base|http)/|core/webhook/webhook\.hpp$)' [proxy/database]='^proxy/(base|database)/'
  [proxy/page]='^proxy/(base|http|page)/' [proxy/admin]='^proxy/(base|http|database|page|admin)/'
  [proxy/booking]='^proxy/(base|http|database|page|booking)/')
ours='^(core|net|pg|worker|proxy)/'

quoted_includes() { sed -nE 's/^ *# *include +"([^"]+)".*/\1/p' "$1"; }

# Quoted includes outside extern "C" blocks.
bare_includes() { awk '/^extern "C" \{/ { inside = 1 } /^\}/ { inside = 0 } !inside' "$1" | quoted_includes /dev/stdin; }

scan() {
  local floor file name
  for floor in "${!allowed[@]}"; do
    while IFS= read -r file; do
      while IFS= read -r name; do
        if [[ $name =~ $ours ]]; then
          [[ $name =~ ${allowed[$floor]} ]] || printf '%s: src/%s may not include %s\n' "$file" "$floor" "$name"
        elif [[ $floor != pg && $floor != worker ]]; then
          printf '%s: %s is no header of ours, and server headers belong to src/pg and src/worker\n' "$file" "$name"
        fi
      done < <(quoted_includes "$1/$file")
      [[ $floor == pg || $floor == worker ]] || continue
      while IFS= read -r name; do
        [[ $name =~ $ours ]] || printf '%s: server header %s outside extern "C"\n' "$file" "$name"
      done < <(bare_includes "$1/$file")
      [[ $file == src/pg/postgres.hpp ]] || ! quoted_includes "$1/$file" | grep -qx 'postgres\.h' ||
        printf '%s: postgres.h is included by pg/postgres.hpp only, C++ headers before it\n' "$file"
    done < <(sources "$1" "src/$floor")
  done
}

plant() {
  bad src/core/a.cpp <<<'#include "postgres.h"'
  bad src/core/b.hpp <<<'#include "pg/guard.hpp"'
  bad src/net/c.cpp <<<'#include "worker/shared.hpp"'
  bad src/pg/d.cpp <<<'#include "worker/worker.hpp"'
  bad src/pg/e.cpp <<<'#include "utils/guc.h"'
  bad src/worker/f.cpp <<<'extern "C" {
#include "postgres.h"
}'
  bad src/proxy/g.cpp <<<'#include "core/booking/merge.hpp"'
  bad src/core/booking/k.cpp <<<'#include "core/mail/email.hpp"'
  bad src/proxy/http/j.cpp <<<'#include "proxy/admin/page.hpp"'
  good src/pg/h.cpp <<<'extern "C" {
#include "utils/guc.h"
}
#include "worker/shared.hpp"'
  good src/core/i.cpp <<<'#include "core/base/value.hpp"'
}
gate
