#!/usr/bin/env bash
# A constructor or destructor at namespace scope runs while the server loads or unloads the library, outside every
# guard. clang sees them (g++ does not); the pure floors are compiled with the same warning by CMake, the server floors
# only here.
source "$(dirname "$0")/lib.sh"

use_postgresql
clang=$(clang_tool clang++)

has_none() {
  local flags=() report
  mapfile -t flags < <(compiler_flags "$1")
  report=$("$clang" -fsyntax-only -Wglobal-constructors -Werror "${flags[@]}" "$1" 2>&1) ||
    printf '%s: %s\n' "$1" "$(grep -m 1 -E 'error:' <<<"$report" || head -n 1 <<<"$report")"
}
export -f has_none pure_flags server_flags
export clang

scan() { sources_of "$1" pure server | grep '\.cpp$' | xargs -r -P 2 -n 1 bash -c 'has_none "$1"' _; }

plant() {
  local floor
  for floor in $(floors pure server); do
    bad "src/$floor/a.cpp" <<<'#include <string>
static const std::string kName = "a name too long for the small buffer";
const std::string& name() { return kName; }'
    good "src/$floor/b.cpp" <<<'constinit int counter = 0;'
  done
}
gate
