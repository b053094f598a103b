#!/usr/bin/env bash
# A header that needs another to be included before it breaks whoever reorders includes; so each compiles by itself.
source "$(dirname "$0")/lib.sh"

use_postgresql

compiles_alone() {
  local flags=()
  case $1 in
    src/pg/* | src/worker/*) mapfile -t flags < <(server_flags) ;;
    *) mapfile -t flags < <(pure_flags) ;;
  esac
  g++ -fsyntax-only -x c++ "${flags[@]}" "$1" 2>/dev/null || printf '%s: does not compile alone\n' "$1"
}
export -f compiles_alone pure_flags server_flags

# compat.hpp is the end of postgres.hpp, which nothing includes it without.
scan() { sources "$1" src | grep '\.hpp$' | without src/pg/compat.hpp | xargs -r -P 2 -n 1 bash -c 'compiles_alone "$1"' _; }

plant() {
  bad src/core/a.hpp <<<'inline std::string name() { return "a"; }'
  good src/core/b.hpp <<<'#include <string>
inline std::string name() { return "b"; }'
}
gate
