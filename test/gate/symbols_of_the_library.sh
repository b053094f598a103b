#!/usr/bin/env bash
# The dynamic linker resolves our calls against the postgres binary first. So nothing that calcom.so needs from a linked
# library may also be exported by postgres; and calcom.so itself exports its entry points and nothing else, because
# PostgreSQL loads libraries into one global name space.
source "$(dirname "$0")/lib.sh"

use_postgresql
work=$(mktemp -d)

names() { nm -D "$1" "$2" 2>/dev/null | awk '{print $NF}' | sed 's/@.*//' | sort -u; }

linked_libraries() { ldd "$1" | awk '$3 ~ /^\// && $1 !~ /^(libc|libm|ld-linux.*|libdl|libpthread|librt)\.so/ {print $3}'; }

# Entry points are what the install SQL names (AS 'MODULE_PATHNAME', 'symbol'; the symbol defaults to the function's
# name), their info records, the server's own names, and worker mains.
entry_points='^(_PG_init|_PG_fini|Pg_magic_func|pg_finfo_[a-z0-9_]+|(calcom|resend)_[a-z0-9_]+)$'

scan() {
  local library=$1/calcom.so file function
  [[ -f $library ]] || {
    printf '%s: not built; run make first\n' "$library"
    return
  }
  names "$library" --undefined-only >"$work/needed"
  names "$pg_bin/postgres" --defined-only >"$work/server"
  for file in $(linked_libraries "$library") $(ldconfig -p | awk '$1 == "libjansson.so.4" {print $NF; exit}'); do
    names "$file" --defined-only
  done | sort -u >"$work/libraries"
  comm -12 "$work/needed" "$work/server" | comm -12 - "$work/libraries" |
    sed "s|^|calcom.so: needs from a library what postgres exports too: |"
  grep '^_ZNK*6calcom' "$work/needed" | sed 's|^|calcom.so: a function of its own is declared and not defined: |' || true
  names "$library" --defined-only >"$work/exported"
  grep -vE "$entry_points" "$work/exported" | sed 's|^|calcom.so: exports |' || true
  while IFS= read -r function; do
    grep -qx "${function#pg_finfo_}" "$work/exported" || printf 'calcom.so: %s has no function\n' "$function"
  done < <(grep '^pg_finfo_' "$work/exported" || true)
}

plant() {
  printf 'void* json_object(void); void leaked(void) { json_object(); }\n' >"$work/planted.c"
  : | bad calcom.so
  cc -shared -fPIC -o "$tree/calcom.so" "$work/planted.c" -ljansson
}

# The planted library breaks three rules; each must be seen by itself.
every_rule_is_seen() {
  local report tree
  tree=$(mktemp -d)
  printf 'void* json_object(void); void _ZN6calcom7missingEv(void);
void leaked(void) { json_object(); _ZN6calcom7missingEv(); }\n' >"$work/planted.c"
  cc -shared -fPIC -o "$tree/calcom.so" "$work/planted.c" -ljansson
  report=$(scan "$tree")
  rm -rf "$tree"
  grep -q 'postgres exports too: json_object' <<<"$report" || die 'this gate is blind to json_object'
  grep -q 'not defined: _ZN6calcom7missingEv' <<<"$report" || die 'this gate is blind to a missing definition'
  grep -q 'exports leaked' <<<"$report" || die 'this gate is blind to exported names'
}
every_rule_is_seen
gate
