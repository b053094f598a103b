#!/usr/bin/env bash
# Installs what is missing on Debian or Ubuntu, says what, and does nothing when nothing is missing.
#   tools/dependencies.sh run     to build and run (make run)
#   tools/dependencies.sh test    the same and the tools of make test
# Elsewhere, or without root and sudo, it names what is missing and exits with 1.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/lib.sh"

purpose=${1:-run}
[[ $purpose == run || $purpose == test ]] || die "expects run or test"
log=$build/logs/apt.log
drop_in=/etc/postgresql-common/createcluster.d/calcom-install.conf
mkdir -p "$build/logs"

installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

known() { apt-cache show "$1" 2>/dev/null | grep -c '^Package:' >/dev/null; }

# A needed program may come from elsewhere than a package (node from its own site, say): then the package is not missing.
missing=()
need_package() { installed "$1" || missing+=("$1"); }
need_program() { have "$1" || need_package "$2"; }

# The server's major: an installed server with headers, else the distribution's own.
need_postgresql() {
  local major
  find_pg_config >/dev/null && return
  if [[ -n ${PG_CONFIG:-} ]]; then
    die "PG_CONFIG=$PG_CONFIG has no server or no server headers; install both, or unset PG_CONFIG"
  fi
  major=$(apt-cache depends postgresql 2>/dev/null | sed -n 's/^ *Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1 || true)
  if [[ -z $major ]]; then
    may_install && die "the package lists name no PostgreSQL: check the network, then run the same command again"
    missing+=(postgresql postgresql-server-dev-all)
    return
  fi
  ((major >= 15)) || die "this distribution's PostgreSQL is $major; calcom needs 15 or later: give one by PG_CONFIG"
  need_package "postgresql-$major"
  need_package "postgresql-server-dev-$major"
}

# clang 14 is what the checks were written with; a distribution without it gets its own.
need_clang() {
  local suffix
  for suffix in -14 ''; do
    if have "clang++$suffix" || known "clang$suffix"; then break; fi
  done
  need_program "clang++$suffix" "clang$suffix"
  need_program "clang-format$suffix" "clang-format$suffix"
  need_program "clang-tidy$suffix" "clang-tidy$suffix"
  [[ -z $suffix ]] || need_package libclang-rt-14-dev
}

may_install() { [[ $(id -u) -eq 0 ]] || { have sudo && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; }; }

# Without Error-Mode=any apt calls it a success when nothing could be fetched.
apt_update() {
  say 'fetching the lists of packages'
  with_progress lists_so_far fetch_lists ||
    die "package lists could not be fetched: check the network, then run the same command again (log: $log)"
}

fetch_lists() { as_root apt-get update -o APT::Update::Error-Mode=any >"$log" 2>&1; }
lists_so_far() { printf '%d lists fetched\n' "$(grep -cE '^(Get|Hit):' "$log")"; }

# apt's own sentence about the size, from a trial that changes nothing: "Need to get 251 MB of archives."
packages=0 size='' disk=''
ask_for_size() {
  local trial
  trial=$(LC_ALL=C apt-get install --assume-no --no-install-recommends "${missing[@]}" 2>&1 || true)
  packages=$(sed -n 's/^.* \([0-9]*\) newly installed.*/\1/p' <<<"$trial")
  size=$(sed -n 's/^Need to get \(.*\) of archives\.$/\1/p' <<<"$trial")
  disk=$(sed -n 's/^After this operation, \(.*\) of additional disk space will be used\.$/\1/p' <<<"$trial")
}

packages_so_far() {
  printf '%d of %d packages fetched, %d unpacked, %d set up\n' "$(grep -c '^Get:' "$log")" "$packages" \
    "$(grep -c '^Unpacking ' "$log")" "$(grep -c '^Setting up ' "$log")"
}

# Debian would make and start a cluster `main` on port 5432 beside a new server. We bring our own and leave that port
# alone, so a drop-in tells the package not to; it exists only during the installation.
without_new_cluster() {
  as_root mkdir -p "${drop_in%/*}"
  trap 'as_root rm -f "$drop_in"' EXIT
  printf 'create_main_cluster = false\n' | as_root tee "$drop_in" >/dev/null
  "$@"
}

# For the tests' own nginx, pgbouncer and caddy: the packages would start servers of theirs, now and at each boot.
services=()
need_server() {
  have "$1" || [[ -x /usr/sbin/$1 ]] && return
  need_package "$2"
  services+=("$1")
}

without_services() {
  local policy=/usr/sbin/policy-rc.d status=0 unit
  if [[ ${#services[@]} -gt 0 && ! -e $policy ]]; then
    trap 'as_root rm -f "$drop_in" /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  "$@" || status=$?
  ! have systemctl || for unit in "${services[@]}"; do as_root systemctl disable "$unit" >>"$log" 2>&1 || true; done
  return "$status"
}

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
    apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1
}

install_missing() {
  may_install || die "missing, and neither root nor sudo here; ask an administrator to run: apt-get install ${missing[*]}"
  say "to install: ${missing[*]}"
  apt_update
  ask_for_size
  say "this downloads ${size:-an unknown amount} in ${packages:-some} packages and takes ${disk:-unknown} of disk space"
  [[ $purpose != test ]] || say "(make test also downloads about 60 MB of npm packages into ${build#"$root"/})"
  say "(PostgreSQL packages make no cluster of their own here, nothing is started; log: ${log#"$root"/})"
  with_progress packages_so_far without_new_cluster without_services install_packages ||
    die "packages could not be installed: check the network, then run the same command again (log: $log)"
}

if ! have dpkg-query; then
  find_pg_config >/dev/null && have g++ && have cmake && exit 0
  die "only Debian and Ubuntu are known here; docs/setup.md lists what to install elsewhere"
fi

# A fresh machine has no package lists; without them nothing below can be looked up.
known postgresql || ! may_install || apt_update

for package in make pkg-config libsimdjson-dev libjansson-dev libcurl4-openssl-dev libssl-dev libpq-dev libboost-dev libcli11-dev ca-certificates; do
  need_package "$package"
done
need_program g++ g++
need_program cmake cmake
need_program ninja ninja-build
need_program curl curl
need_program openssl openssl
need_postgresql
if [[ $purpose == test ]]; then
  need_package libgtest-dev
  need_package libipc-run-perl
  need_program node nodejs
  need_program wrk wrk
  need_program jq jq
  need_program shellcheck shellcheck
  need_program ccache ccache
  need_program systemd-analyze systemd
  need_server nginx nginx-light
  need_server pgbouncer pgbouncer
  ! known caddy || need_server caddy caddy
  need_program npm npm
  need_program chromium chromium
  need_clang
fi

[[ ${#missing[@]} -eq 0 ]] || install_missing
