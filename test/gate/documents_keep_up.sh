#!/usr/bin/env bash
# Every setting that users can set is in docs/settings.md, and that page names no other.
source "$(dirname "$0")/lib.sh"

# Both lists of "item" lines; an item in only one of them is reported.
compare() {
  local file=$1 words=$2
  comm -3 "$3" "$4" | tr -d '\t' | sed "s|^|$file: |; s|\$| $words|"
}

scan() {
  local work
  work=$(mktemp -d)
  (cd "$1" && grep -rhoE '"calcom\.[a-z_]+"' src --include='*.cpp' | tr -d '"' | sort -u) >"$work/settings"
  grep -oE '`calcom\.[a-z_]+`' "$1/docs/settings.md" | tr -d '`' | sort -u >"$work/settings.md"
  compare docs/settings.md 'is only in the source or only in the document' "$work/settings" "$work/settings.md"
  grep -ohE '\bKC[0-9]{3}\b' "$1/src/core/base/errors.def" | sort -u >"$work/codes"
  grep -oE '\bKC[0-9]{3}\b' "$1/docs/errors.md" | sort -u >"$work/codes.md"
  compare docs/errors.md 'is only in the source or only in the document' "$work/codes" "$work/codes.md"
  [[ $1 != "$root" ]] || tools/errors.pl --check
  # A code is written in the list only; comments of functions may name it.
  (cd "$1" && grep -rnE "errcode = 'KC|MAKE_SQLSTATE\\('K'" src || true) | sed "s|\$| (write it in src/core/base/errors.def)|"
  rm -rf "$work"
}

plant() {
  good src/pg/a.cpp <<<'const char* kNames[] = {"calcom.known", "calcom.unwritten"};'
  good src/core/base/errors.def <<<'"KC900"'
  bad src/sql/b.sql <<<"raise exception using errcode = 'KC900'"
  bad docs/settings.md <<<'`calcom.known`'
  bad docs/errors.md <<<'none'
}
gate
