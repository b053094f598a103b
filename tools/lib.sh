# Shared by the scripts in tools/ and test/: where things are, who runs the server, free ports, waiting.
# Sourced, never run. Scripts set `set -euo pipefail` themselves.
# shellcheck shell=bash disable=SC2034  # variables are for the scripts that source this

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD:-$root/build}

say() { printf '%s\n' "$*"; }
title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Installs what DIRECTORY's package-lock.json names, unless it is installed already.
install_npm_packages() {
  cmp -s "$1/package-lock.json" "$1/installed-lock.json" && return
  npm --prefix "$1" ci --no-audit --no-fund >&2
  cp "$1/package-lock.json" "$1/installed-lock.json"
}

# PG_CONFIG may be given; otherwise the one in the PATH that belongs to a server with headers, then Debian's newest.
find_pg_config() {
  local candidate
  if [[ -n ${PG_CONFIG:-} ]]; then
    have "$PG_CONFIG" || die "PG_CONFIG=$PG_CONFIG is not a program"
    printf '%s\n' "$PG_CONFIG"
    return
  fi
  for candidate in pg_config $(printf '%s\n' /usr/lib/postgresql/*/bin/pg_config | sort -rV); do
    have "$candidate" || continue
    [[ -x $("$candidate" --bindir)/postgres && -f $("$candidate" --includedir-server)/postgres.h ]] || continue
    printf '%s\n' "$candidate"
    return
  done
  return 1
}

use_postgresql() {
  PG_CONFIG=$(find_pg_config) || die "no PostgreSQL server with headers found; run tools/dependencies.sh run"
  pg_bin=$("$PG_CONFIG" --bindir)
  pgxs_dir=$(dirname "$("$PG_CONFIG" --pgxs)")/../..
  export PG_CONFIG pg_bin pgxs_dir
}

# PostgreSQL refuses to run as root: then its user is `postgres`, made by Debian's package.
choose_server_user() {
  server_user=$(id -un)
  [[ $(id -u) -eq 0 ]] || return 0
  server_user=${CALCOM_SERVER_USER:-postgres}
  id "$server_user" >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin "$server_user"
}

# Runs a command as the server's user. The exec form replaces the shell, so that a background job's pid is the command's.
server_prefix() {
  prefix=()
  [[ $(id -u) -ne 0 ]] || prefix=(setpriv --reuid "$server_user" --regid "$(id -g "$server_user")" --init-groups env HOME=/tmp)
}
as_server() {
  local prefix
  server_prefix
  (cd / && "${prefix[@]}" "$@")
}
as_server_exec() {
  local prefix
  server_prefix
  cd /
  exec "${prefix[@]}" "$@"
}

# Root is needed for packages and for the server's own directories only.
as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif have sudo && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    sudo "$@"
  else
    return 77
  fi
}

port_is_free() {
  perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(LocalAddr => $ARGV[0], LocalPort => $ARGV[1], Listen => 1, ReuseAddr => 1)' \
    "$1" "$2"
}

# Below 32768: the system hands out the ports above to outgoing connections at any time.
free_port() {
  local port
  for ((port = $1; port < 32768; port++)); do
    if port_is_free 127.0.0.1 "$port"; then
      printf '%s\n' "$port"
      return
    fi
  done
  die "no free port from $1 to 32767"
}

# wait_until SECONDS COMMAND...: polls the condition; false when it did not come true in time.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1 # poll interval of the condition
  done
}

# with_progress STATUS COMMAND...: runs COMMAND here; while it takes longer, prints what the function STATUS prints, one
# line every 15 s. A step that writes into a log is never silent for long, on a terminal or in a log.
with_progress() {
  local status=0 describe=$1 reporter
  shift
  report_progress "$describe" &
  reporter=$!
  "$@" || status=$?
  kill "$reporter" 2>/dev/null || true
  wait "$reporter" 2>/dev/null || true
  return "$status"
}
# A background job ignores Ctrl-C, so it ends by itself when the script is gone.
report_progress() {
  local started=$SECONDS next=15 words
  while kill -0 "$$" 2>/dev/null; do
    sleep 0.5 # poll interval
    ((SECONDS - started >= next)) || continue
    next=$((SECONDS - started + 15))
    words=$("$1" 2>/dev/null) || true
    say "    ${words:-working} ($((SECONDS - started)) s)"
  done
}

# What the log of a build says: how far ninja is, else how many files make has compiled.
compiled_so_far() {
  local counts
  counts=$(grep -oE '^\[[0-9]+/[0-9]+\]' "$1" | tail -n 1)
  if [[ -n $counts ]]; then
    printf '%s build steps done\n' "$(sed 's/[][]//g; s,/, of ,' <<<"$counts")"
  else
    printf '%d files compiled\n' "$(grep -cE ' -c (-o )?[^ ]+' "$1")"
  fi
}

# Variables of .env that the environment does not set already. Values are taken literally, quotes around them dropped.
load_env_file() {
  local file=$1 line name value
  [[ -f $file ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z_0-9]*)=(.*)$ ]] || continue
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    value=${value%"${value##*[![:space:]]}"}
    [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]] && value=${BASH_REMATCH[1]}
    [[ -n $value && -z ${!name:-} ]] && export "$name=$value"
  done <"$file"
  return 0
}
