#!/usr/bin/env bash
# Runs every gate of this folder, or those named; prints one line each and what failed.
#   test/gate/run.sh [NAME...]
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
gates=("$@")
if [[ ${#gates[@]} -eq 0 ]]; then
  mapfile -t gates < <(cd "$here" && printf '%s\n' *.sh | grep -vxE '(lib|run)\.sh' | sed 's/\.sh$//')
fi
failed=0
for gate in "${gates[@]}"; do
  if report=$("$here/$gate.sh" 2>&1); then
    printf 'ok     %s\n' "$gate"
  else
    printf 'FAILED %s\n' "$gate"
    head -n 40 <<<"$report" | sed 's/^/       /'
    failed=$((failed + 1))
  fi
done
exit $((failed > 0))
