#!/usr/bin/env bash
# The package installer against stand-ins for dpkg-query, apt-get, sudo and id: nothing is installed by this test.
# shellcheck disable=SC2016  # the stand-ins expand their own variables
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The stand-ins: `installed` holds the installed packages, `log` what would have been run.
mkdir "$work/bin" "$work/bin-sudo"
for tool in bash env dirname awk cat; do ln -s "$(command -v $tool)" "$work/bin/$tool"; done
stand_in() { printf '#!/usr/bin/env bash\n%s\n' "$2" >"$work/$1"; chmod +x "$work/$1"; }
stand_in bin/dpkg-query 'while read -r name; do [ "$name" != "${@: -1}" ] || printf installed; done <"$WORK/installed"'
stand_in bin/apt-get 'echo "apt-get $*" >>"$WORK/log"'
stand_in bin/id 'echo "$AS_UID"'
stand_in bin-sudo/sudo '[ -z "${SUDO_REFUSES:-}" ] || exit 1; [ "$*" = "-n true" ] || { echo "sudo $1" >>"$WORK/log"; shift; exec "$@"; }'
printf 'ID=debian\nVERSION_ID="12"\n' >"$work/debian"
printf 'ID=fedora\nVERSION_ID=40\n' >"$work/fedora"

# The installer reads the list beside it: here one of its own, so that the real one may change.
mkdir "$work/docker"
cp docker/install-packages.sh "$work/docker"
cat >"$work/docker/packages.txt" <<'LIST'
# NAME USE REASON
alpha                   tools  first
beta-dev                tools  second

gamma                   extra  another use
LIST

fails=0
# run NAME STATUS SETTINGS… -- USE…; what is installed is read from the standard input.
run() {
  local name=$1 status=$2 settings=() got=0
  shift 2
  while [ "$1" != -- ]; do settings+=("$1"); shift; done
  shift
  cat >"$work/installed"
  : >"$work/log"
  env -i PATH="$work/bin" WORK="$work" OS_RELEASE="$work/debian" AS_UID=0 "${settings[@]}" \
    "$work/docker/install-packages.sh" "$@" >"$work/out" 2>&1 </dev/null || got=$?
  [ "$got" = "$status" ] || { echo "FAILED: $name: exit $got, not $status"; cat "$work/out"; fails=1; }
}
holds() { # FILE TEXT
  grep -qxF -- "$2" "$work/$1" || { echo "FAILED: $1 lacks: $2"; cat "$work/$1"; fails=1; }
}
empty() { [ ! -s "$work/$1" ] || { echo "FAILED: $1 is not empty:"; cat "$work/$1"; fails=1; }; }

run "nothing is missing: silent, nothing is run" 0 -- tools <<<$'alpha\nbeta-dev'
empty out
empty log

run "root installs what is missing, after saying so" 0 -- tools extra <<<alpha
holds out "Installing Debian packages: beta-dev gamma"
holds log "apt-get update -qq"
holds log "apt-get install -y -qq --no-install-recommends beta-dev gamma"

run "a user installs through sudo" 0 AS_UID=1000 PATH="$work/bin:$work/bin-sudo" -- extra </dev/null
holds log "sudo -n"
holds log "apt-get install -y -qq --no-install-recommends gamma"

run "a user without sudo is given the list" 1 AS_UID=1000 -- extra </dev/null
holds out "Not root, and sudo is not available."
holds out "Debian 12 packages that this needs: gamma"
holds out "Ask an administrator to run: apt-get install gamma"
empty log

run "a user whom sudo refuses is given the list" 1 AS_UID=1000 SUDO_REFUSES=1 PATH="$work/bin:$work/bin-sudo" -- extra </dev/null
holds out "Debian 12 packages that this needs: gamma"
empty log

run "another system is given the list" 1 OS_RELEASE="$work/fedora" -- extra </dev/null
holds out "This is not Debian 12."
holds out "Debian 12 packages that this needs: gamma"
empty log

run "an unknown use is refused" 2 -- nonsense </dev/null
empty log

[ "$fails" = 0 ] && echo "7 cases passed"
exit "$fails"
