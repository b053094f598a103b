#!/usr/bin/env bash
# The version is written in calcom.control; what must repeat it (META.json for PGXN, the changelog's newest heading)
# repeats it exactly, and the sources do not.
source "$(dirname "$0")/lib.sh"

scan() {
  local version
  version=$(sed -n "s/^default_version *= *'\(.*\)'/\1/p" "$1/calcom.control")
  [[ $(jq -r .version "$1/META.json") == "$version" ]] || printf 'META.json: version is not %s\n' "$version"
  [[ $(jq -r .provides.calcom.version "$1/META.json") == "$version" ]] || printf 'META.json: provides.calcom.version is not %s\n' "$version"
  [[ $(sed -n 's/^## \([0-9][0-9.]*\).*/\1/p' "$1/CHANGELOG.md" | head -n 1) == "$version" ]] ||
    printf 'CHANGELOG.md: the newest heading is not ## %s\n' "$version"
  (cd "$1" && grep -rnF --include='*.?pp' --include='[0-9]*.sql' "$version" src | sed 's/$/  <- the version by hand/' || true)
}

plant() {
  good calcom.control <<<"default_version = '7.8.9'"
  bad META.json <<<'{"version": "7.8.8", "provides": {"calcom": {"version": "7.8.9"}}}'
  bad CHANGELOG.md <<<'## 7.8.8'
  bad src/core/a.cpp <<<'const char* version = "7.8.9";'
}
gate
