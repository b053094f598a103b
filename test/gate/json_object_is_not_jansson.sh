#!/usr/bin/env bash
# The postgres binary exports a function json_object of its own. A call of jansson's from the library binds to that one
# and kills the backend; objects are made by json_pack in core/json_compose.cpp. jansson.h stays in the pure floors,
# because its macros collide with the server's headers.
source "$(dirname "$0")/lib.sh"

scan() {
  local files
  mapfile -t files < <(sources "$1" src test)
  refuse_code '\bjson_object[[:space:]]*\(' "binds to postgres's json_object: use core/json_compose" "${files[@]}"
  refuse_code '# *include +<jansson\.h>' 'jansson.h outside src/core' \
    $(printf '%s\n' "${files[@]}" | grep -vE '^(src/core|test)/')
}

plant() {
  local floor
  bad src/core/a.cpp <<<'auto* j = json_object();'
  for floor in $(floors pure server program); do
    [[ $floor == core ]] || bad "src/$floor/b.cpp" <<<'#include <jansson.h>'
    bad "src/$floor/d.cpp" <<<'auto* j = json_object();'
  done
  good src/core/c.cpp <<<'#include <jansson.h>
auto* j = json_pack("{}");
auto* k = json_object_get(j, "a");'
}
gate
