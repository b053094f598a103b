#!/usr/bin/env bash
# One form for all C++ (.clang-format), so that a diff shows what changed. `--fix` rewrites the files instead.
source "$(dirname "$0")/lib.sh"

format=$(clang_tool clang-format)

scan() {
  [[ $1 == "$root" ]] || cp "$root/.clang-format" "$1"
  sources "$1" src test | xargs -r "$format" --dry-run -Werror 2>&1 | grep -E 'error:' | sort -u -t : -k 1,1 || true
}

plant() {
  bad src/core/a.cpp <<<'int   f( ){return 1 ;}'
  good src/core/b.cpp <<<'int f();'
}

if [[ ${1:-} == --fix ]]; then
  cd "$root" || exit
  sources "$root" src test | xargs -r "$format" -i
else
  gate
fi
