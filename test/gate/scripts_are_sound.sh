#!/usr/bin/env bash
# Shell and Perl scripts are part of the product (make run, make test): shellcheck and perl -c read them.
source "$(dirname "$0")/lib.sh"

scan() {
  local file
  [[ ! -f $root/.shellcheckrc || $1 == "$root" ]] || cp "$root/.shellcheckrc" "$1"
  while IFS= read -r file; do
    shellcheck -x -f gcc "$file" || true
  done < <(find tools test .ci -type f \( -name '*.sh' -o -name run \) 2>/dev/null | sort)
  while IFS= read -r file; do
    perl -wc "$file" >/dev/null 2>&1 || printf '%s: perl -c refuses it\n' "$file"
  done < <(find tools -type f -name '*.pl' 2>/dev/null | sort)
}

plant() {
  bad tools/a.sh <<<'#!/bin/bash
rm -rf $1/*'
  bad tools/b.pl <<<'use strict; $undeclared = 1;'
  good tools/c.sh <<<'#!/bin/bash
printf "%s\n" "$1"'
}
gate
