#!/usr/bin/env bash
# clang-tidy with the checks of .clang-tidy (with the reason of each group). A file is read again only when it, a
# header or the checks changed: results are kept under build/tidy by the hash of all of them. The proxy is left out: it
# does not run inside the server, and Boost's headers would take longer than everything else together.
source "$(dirname "$0")/lib.sh"

use_postgresql
tidy=$(clang_tool clang-tidy)
stamps=$build/tidy
mkdir -p "$stamps"

is_tidy() {
  local flags=() key report
  key=$(cat "$1" <(printf '%s' "$headers") | sha256sum | cut -c 1-32)
  [[ ! -f $stamps/$key ]] || return 0
  mapfile -t flags < <(compiler_flags "$1")
  if report=$("$tidy" --quiet "$1" -- "${flags[@]}" '-DCALCOM_VERSION="0"' 2>/dev/null); then
    touch "$stamps/$key"
  else
    grep -E '(warning|error):' <<<"$report" | sed "s|^$PWD/||" || printf '%s: clang-tidy failed\n' "$1"
  fi
}
export -f is_tidy pure_flags server_flags
export tidy stamps

scan() {
  local headers
  [[ $1 == "$root" ]] || cp "$root/.clang-tidy" "$1"
  headers=$(cat .clang-tidy $(sources "$1" src | grep '\.hpp$') | sha256sum)
  export headers
  sources_of "$1" pure server | grep '\.cpp$' | xargs -r -P 2 -n 1 bash -c 'is_tidy "$1"' _
}

plant() {
  local floor
  for floor in $(floors pure server); do
    bad "src/$floor/a.cpp" <<<'#include <string>
#include <utility>
std::size_t f(std::string text) {
  std::string taken = std::move(text);
  return text.size() + taken.size();
}'
    good "src/$floor/b.cpp" <<<'int f(int a) { return a + 1; }'
  done
}
gate
