#!/usr/bin/env bash
# install.sh HERE FOLDER: installs what HERE/package-lock.json names into FOLDER/node_modules, once for each lock file.
# One at a time, however many tests want it. Scripts of packages are not run. Exit 1 with npm's log when it fails.
set -euo pipefail
here=$1 folder=$2

mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
cmp -s "$here/package-lock.json" "$folder/installed" && exit 0
rm -f "$folder/installed"
cp "$here/package.json" "$here/package-lock.json" "$folder"
if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --fetch-retries=3 --fetch-timeout=20000 \
  >"$folder/npm.log" 2>&1 9>&-; then
  cat "$folder/npm.log" >&2
  echo "npm could not install what $here/package-lock.json names; see $folder/npm.log" >&2
  exit 1
fi
cp "$here/package-lock.json" "$folder/installed"
