#!/usr/bin/env bash
# A floor includes only what src/floors.txt allows it, so that the pure floors stay testable without a server and the
# border stays the only place that knows both worlds. PostgreSQL's headers are raw C: outside the server floors they are
# refused, inside them they are included within an extern "C" block (postgres.hpp and compat.hpp are that block).
source "$(dirname "$0")/lib.sh"

declare -A kind=() allowed=() # of each folder in the list
while read -r type folder may; do
  [[ -n $type && $type != \#* ]] || continue
  kind[$folder]=$type
  allowed[$folder]=" $folder $may "
done <"$floors_file"

is_ours() { [[ -n ${kind[${1%%/*}]:-} ]]; }

# may_include FOLDER HEADER: is the header in the folder itself or in one that the list names?
may_include() {
  local path=${2%/*}
  while [[ ${allowed[$1]} != *" $path "* ]]; do
    [[ $path == */* ]] || return 1
    path=${path%/*}
  done
}

quoted_includes() { sed -nE 's/^ *# *include +"([^"]+)".*/\1/p' "$1"; }

# Quoted includes outside extern "C" blocks.
bare_includes() { awk '/^extern "C" \{/ { inside = 1 } /^\}/ { inside = 0 } !inside' "$1" | quoted_includes /dev/stdin; }

# check FOLDER FILE: the rule of this folder for one file.
check() {
  local folder=$1 file=$2 name
  while IFS= read -r name; do
    if is_ours "$name"; then
      may_include "$folder" "$name" || printf '%s: src/%s may not include %s (src/floors.txt)\n' "$file" "$folder" "$name"
    elif [[ ${kind[$folder]} != server ]]; then
      printf '%s: %s is not a header of this project; server headers are for the server floors\n' "$file" "$name"
    fi
  done < <(quoted_includes "$top/$file")
  [[ ${kind[$folder]} == server ]] || return 0
  while IFS= read -r name; do
    is_ours "$name" || printf '%s: server header %s is outside extern "C"\n' "$file" "$name"
  done < <(bare_includes "$top/$file")
  [[ $file == src/pg/postgres.hpp ]] || ! quoted_includes "$top/$file" | grep -qx 'postgres\.h' ||
    printf '%s: only pg/postgres.hpp includes postgres.h, after the C++ headers\n' "$file"
}

# Folders below src, and below a floor that has parts, must be in the list.
unlisted() {
  local folder floor
  for folder in "$top"/src/*/ "$top"/src/*/*/; do
    [[ -d $folder ]] || continue
    folder=${folder#"$top/src/"} folder=${folder%/} floor=${folder%%/*}
    [[ -n ${kind[$folder]:-} || ${kind[$floor]:-} == scripts ]] || printf 'src/%s: folder is not in src/floors.txt\n' "$folder"
  done
}

scan() {
  local top=$1 folder file
  unlisted
  for folder in "${!kind[@]}"; do
    while IFS= read -r file; do check "$folder" "$file"; done < <(sources "$top" "src/$folder")
  done
}

# Plants one violation in every folder of the list that holds C++, and one header that it may include.
plant() {
  local folder above
  for folder in "${!kind[@]}"; do
    case ${kind[$folder]} in
      scripts) continue ;;
      program) above=pg/guard.hpp ;;
      pure) above=pg/guard.hpp ;;
      server) above=$(awk -v me="$folder" '$1 == "server" { if (seen) { print $2; exit } seen = $2 == me }' "$floors_file")/x.hpp ;;
    esac
    [[ $above != /x.hpp ]] || above=proxy/main.hpp # the highest floor
    bad "src/$folder/planted_upward.cpp" <<<"#include \"$above\""
    good "src/$folder/planted_sound.cpp" <<<"#include \"$folder/x.hpp\""
    if [[ ${kind[$folder]} == server ]]; then
      bad "src/$folder/planted_bare.cpp" <<<'#include "utils/guc.h"'
      bad "src/$folder/planted_postgres.cpp" <<<'extern "C" {
#include "postgres.h"
}'
      good "src/$folder/planted_block.cpp" <<<'extern "C" {
#include "utils/guc.h"
}'
    else
      bad "src/$folder/planted_server.cpp" <<<'#include "utils/guc.h"'
    fi
  done
  bad src/core/booking/planted_mail.cpp <<<'#include "core/mail/email.hpp"'
  bad src/proxy/http/planted_page.cpp <<<'#include "proxy/admin/operator_page.hpp"'
  bad src/proxy/http/planted_merge.cpp <<<'#include "core/booking/merge.hpp"'
  planted src/cellar/x.cpp >/dev/null && bad_files+=(src/cellar)
}
gate
