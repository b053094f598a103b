#!/usr/bin/env bash
# The README's promise, tried as a stranger would: a bare Debian 12 with git and make, a clean clone of HEAD, make run
# once, make run again, make test. Needs root, mmdebstrap and a network.
#   tools/bare-tree.sh [SUITE]      default bookworm; KEEP=1 leaves the tree
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/lib.sh"

suite=${1:-bookworm}
# The mirror that this machine's own apt uses.
mirror=${MIRROR:-$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' | head -n 1)}
cache=$build/bare/$suite.tar
logs=$build/bare/logs
[[ $(id -u) -eq 0 ]] || die 'mounting needs root'
have mmdebstrap || die 'needs mmdebstrap: apt-get install mmdebstrap'
mkdir -p "$logs"

[[ -f $cache ]] || mmdebstrap --variant=apt --mode=root --include=git,make,ca-certificates "$suite" "$cache" "$mirror"
tree=$(mktemp -d /var/tmp/calcom-bare.XXXXXX)

clean_up() {
  umount "$tree/proc" "$tree/dev/shm" 2>/dev/null || true
  if [[ -n ${KEEP:-} ]]; then say "kept: $tree"; else rm -rf --one-file-system "$tree"; fi
}
trap clean_up EXIT

inside() { chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb "$@"; }

# timed WORDS LOG COMMAND...: one line with the time; the log's end when it fails.
timed() {
  local words=$1 log=$logs/$2 started=$SECONDS
  shift 2
  if "$@" >"$log" 2>&1; then
    say "$(printf '%-28s %4d s' "$words" $((SECONDS - started)))"
  else
    tail -n 40 "$log"
    die "$words failed after $((SECONDS - started)) s (log: $log)"
  fi
}

tar -C "$tree" -xf "$cache"
mount -t proc proc "$tree/proc"
mkdir -p "$tree/dev/shm"
mount -t tmpfs tmpfs "$tree/dev/shm"
cp /etc/resolv.conf "$tree/etc/resolv.conf"
git clone -q --bare "$root" "$tree/srv/calcom.git"

say "bare $suite: $(inside dpkg-query -W | wc -l) packages, $(inside sh -c 'ls /usr/lib/postgresql 2>/dev/null | wc -l') PostgreSQL"
timed 'git clone' clone.log inside git clone -q /srv/calcom.git /root/calcom
timed 'make run, first' run-1.log inside env CALCOM_RUN_ONCE=1 make -C /root/calcom run
timed 'make run, second' run-2.log inside env CALCOM_RUN_ONCE=1 make -C /root/calcom run
timed 'make test' test.log inside make -C /root/calcom test
tail -n 1 "$logs/test.log"
[[ ! -e $tree/etc/postgresql || -z $(ls -A "$tree"/etc/postgresql/*/ 2>/dev/null) ]] || die "a cluster appeared in /etc/postgresql"
left=$(find /proc -maxdepth 2 -name root -lname "$tree*" 2>/dev/null | wc -l)
[[ $left -eq 0 ]] || die "$left processes are left running in the tree"
