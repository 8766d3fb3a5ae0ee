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
    docker/install-packages.sh "$@" >"$work/out" 2>&1 </dev/null || got=$?
  [ "$got" = "$status" ] || { echo "FAILED: $name: exit $got, not $status"; cat "$work/out"; fails=1; }
}
holds() { # FILE TEXT
  grep -qxF -- "$2" "$work/$1" || { echo "FAILED: $1 lacks: $2"; cat "$work/$1"; fails=1; }
}
empty() { [ ! -s "$work/$1" ] || { echo "FAILED: $1 is not empty:"; cat "$work/$1"; fails=1; }; }

run "nothing is missing: silent, nothing is run" 0 -- fuzz <<<$'clang\nlibclang-rt-14-dev'
empty out
empty log

run "root installs what is missing, after saying so" 0 -- fuzz bench <<<clang
holds out "Installing Debian packages: libclang-rt-14-dev wrk"
holds log "apt-get update -qq"
holds log "apt-get install -y -qq --no-install-recommends libclang-rt-14-dev wrk"

run "a user installs through sudo" 0 AS_UID=1000 PATH="$work/bin:$work/bin-sudo" -- bench </dev/null
holds log "sudo -n"
holds log "apt-get install -y -qq --no-install-recommends wrk"

run "a user without sudo is given the list" 1 AS_UID=1000 -- bench </dev/null
holds out "Not root, and sudo is not available."
holds out "Debian 12 packages that this needs: wrk"
holds out "Ask an administrator to run: apt-get install wrk"
empty log

run "a user whom sudo refuses is given the list" 1 AS_UID=1000 SUDO_REFUSES=1 PATH="$work/bin:$work/bin-sudo" -- bench </dev/null
holds out "Debian 12 packages that this needs: wrk"
empty log

run "another system is given the list" 1 OS_RELEASE="$work/fedora" -- bench </dev/null
holds out "This is not Debian 12."
holds out "Debian 12 packages that this needs: wrk"
empty log

run "an unknown use is refused" 2 -- nonsense </dev/null
empty log

[ "$fails" = 0 ] && echo "7 cases passed"
exit "$fails"
