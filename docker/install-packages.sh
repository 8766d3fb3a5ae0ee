#!/usr/bin/env bash
# install-packages.sh USE…: installs what docker/packages.txt lists for these uses and this machine lacks.
# Silent when nothing is missing. Without rights, or on another system: prints the list and what to do, exit 1.
set -euo pipefail

list=$(dirname "$0")/packages.txt
wanted=()
for use in "$@"; do
  mapfile -t -O "${#wanted[@]}" wanted < <(awk -v use="$use" '$1 !~ /^#/ && $2 == use {print $1}' "$list")
done
[ "${#wanted[@]}" -gt 0 ] || { echo "install-packages.sh: no packages for '$*' in $list" >&2; exit 2; }

missing=()
for package in "${wanted[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed* ]] || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

give_up() {
  {
    echo "$1"
    echo "Debian 12 packages that this needs: ${missing[*]}"
    echo "$2"
  } >&2
  exit 1
}

# shellcheck source=/dev/null
system=$(. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}") || true
if [ "$system" != "debian 12" ] || ! command -v apt-get >/dev/null; then
  give_up "This is not Debian 12." \
    "Install their equivalents, then run: cmake --preset release && cmake --build --preset release && build/release/mofa serve"
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  # At a terminal sudo may ask for the password; elsewhere it must not need one.
  as_root=(sudo)
  [ -t 0 ] || as_root=(sudo -n)
  if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
    give_up "Not root, and sudo is not available." "Ask an administrator to run: apt-get install ${missing[*]}"
  fi
fi

echo "Installing Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
