#!/usr/bin/env bash
# image_test.sh BINARY: whatever library the binary asks for is in a package that the image installs.
set -euo pipefail
binary=$1
cd "$(dirname "$0")/../.."
mapfile -t listed < <(awk '$1 !~ /^#/ && $2 == "image" {print $1}' docker/packages.txt)
always='^(libc6|libgcc-s1|libstdc\+\+6)$'  # part of debian:12-slim, or of whatever needs them
fails=0
while read -r library; do
  file=$(readlink -f "$(ldconfig -p | awk -v name="$library" '$1 == name {print $NF; exit}')")
  # dpkg knows a file of /usr/lib by the name that its package gave it, which may be /lib.
  package=$({ dpkg -S "$file" || dpkg -S "${file#/usr}"; } 2>/dev/null | head -n 1 | cut -d: -f1)
  if [[ ! $package =~ $always ]] && ! printf '%s\n' "${listed[@]}" | grep -qx -- "$package"; then
    echo "docker/packages.txt: $library of $package is needed by $binary, but is not listed for the image"
    fails=$((fails + 1))
  fi
done < <(objdump -p "$binary" | awk '$1 == "NEEDED" {print $2}')
[ "${#listed[@]}" -gt 0 ] && [ "$fails" -eq 0 ] && echo "ok: ${#listed[@]} packages"
