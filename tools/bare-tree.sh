#!/usr/bin/env bash
# Tries the README on a bare Debian: a clean clone of HEAD, make run twice, make test. Needs root, mmdebstrap, a network.
#   tools/bare-tree.sh [SUITE] [USER] [PLACE]
#     SUITE   bookworm (default) or trixie
#     USER    root (default) or ordinary: a user with sudo
#     PLACE   the checkout's path below the home directory, default calcom; try 'src/calcom/my checkout'
#   KEEP=1                  keeps the tree
#   STEPS='run again test'  runs only some of the steps
#   MIRROR=URL              default: the mirror of this machine's apt
# The home directory has mode 700. Downloaded packages are kept in build/bare, so a second run does not fetch them again.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "$0")/lib.sh"

suite=${1:-bookworm} user=${2:-root} place=${3:-calcom}
mirror=${MIRROR:-$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' | head -n 1)}
bare=${CALCOM_BARE_DIR:-$build/bare}
base=$bare/$suite.tar
logs=$bare/logs/$suite-$user
[[ $(id -u) -eq 0 ]] || die 'mounting needs root'
[[ $user == root || $user == ordinary ]] || die "USER is root or ordinary, not $user"
have mmdebstrap || die 'needs mmdebstrap: apt-get install mmdebstrap'
mkdir -p "$logs" "$bare/archives-$suite/partial"

[[ -f $base ]] || mmdebstrap --variant=apt --mode=root --include=git,make,ca-certificates,passwd,sudo "$suite" "$base" "$mirror"
tree=$(mktemp -d /var/tmp/calcom-bare.XXXXXX)
chmod 755 "$tree"

clean_up() {
  umount "$tree/proc" "$tree/dev/shm" "$tree/var/cache/apt/archives" 2>/dev/null || true
  if [[ -n ${KEEP:-} ]]; then say "kept: $tree"; else rm -rf --one-file-system "$tree"; fi
}
trap clean_up EXIT

# The environment is a login's: nothing of this machine's own.
as_user() {
  local name=$1 home=$2
  shift 2
  chroot --userspec="$name:$name" --groups="$name" "$tree" env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$home" \
    USER="$name" LOGNAME="$name" LANG=C.UTF-8 TERM=dumb "$@"
}
inside() { as_user root /root "$@"; }
stranger() { as_user "$login" "$home" "$@"; }

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

tar -C "$tree" -xf "$base"
mount -t proc proc "$tree/proc"
mkdir -p "$tree/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$tree/dev/shm"
mount --bind "$bare/archives-$suite" "$tree/var/cache/apt/archives"
cp /etc/resolv.conf "$tree/etc/resolv.conf"
git clone -q --bare "$root" "$tree/srv/calcom.git"
chmod -R a+rX "$tree/srv/calcom.git"

login=root home=/root
if [[ $user == ordinary ]]; then
  login=ada home=/home/ada
  inside useradd --create-home --shell /bin/bash ada
  printf 'ada ALL=(ALL) NOPASSWD: ALL\n' >"$tree/etc/sudoers.d/ada"
fi
chmod 700 "$tree$home"
checkout=$home/$place

say "bare $suite, $user, $checkout: $(inside dpkg-query -W | wc -l) packages, $(inside sh -c 'ls /usr/lib/postgresql 2>/dev/null | wc -l') PostgreSQL"
stranger mkdir -p "$(dirname "$checkout")"
timed 'git clone' clone.log stranger git clone -q /srv/calcom.git "$checkout"
for step in ${STEPS:-run again test}; do
  case $step in
    run) timed 'make run, first' run-1.log stranger env CALCOM_RUN_ONCE=1 make -C "$checkout" run ;;
    again) timed 'make run, second' run-2.log stranger env CALCOM_RUN_ONCE=1 make -C "$checkout" run ;;
    test) timed 'make test' test.log stranger make -C "$checkout" test && tail -n 1 "$logs/test.log" ;;
    *) die "no such step: $step" ;;
  esac
done
[[ ! -e $tree/etc/postgresql || -z $(ls -A "$tree"/etc/postgresql/*/ 2>/dev/null) ]] || die "a cluster appeared in /etc/postgresql"
left=$(find /proc -maxdepth 2 -name root -lname "$tree*" 2>/dev/null | wc -l)
[[ $left -eq 0 ]] || die "$left processes are left running in the tree"
