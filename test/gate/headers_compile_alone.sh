#!/usr/bin/env bash
# A header that needs another one included before it breaks when includes are reordered: each must compile alone.
source "$(dirname "$0")/lib.sh"

use_postgresql

compiles_alone() {
  local flags=()
  mapfile -t flags < <(compiler_flags "$1")
  g++ -fsyntax-only -x c++ "${flags[@]}" "$1" 2>/dev/null || printf '%s: does not compile alone\n' "$1"
}
export -f compiles_alone pure_flags server_flags

# compat.hpp is the end of postgres.hpp, which nothing includes it without.
scan() { sources "$1" src | grep '\.hpp$' | without src/pg/compat.hpp | xargs -r -P 2 -n 1 bash -c 'compiles_alone "$1"' _; }

plant() {
  local floor
  for floor in $(floors pure server program); do
    bad "src/$floor/a.hpp" <<<'inline std::string name() { return "a"; }'
    good "src/$floor/b.hpp" <<<'#include <string>
inline std::string name() { return "b"; }'
  done
}
gate
