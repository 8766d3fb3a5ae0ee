#!/usr/bin/env bash
# run.sh SERVER FOLDER: OpenAI's npm package, as it is published, against the server program. The package is installed into
# FOLDER, once for each lock file. Skipped (exit 77), aloud, where Node is older than 20 or npm cannot reach its registry.
set -euo pipefail
server=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)

skip() {
  echo "SKIPPED: OpenAI's client was not tried: $1" >&2
  exit 77
}

command -v node >/dev/null || skip "there is no node here"
command -v npm >/dev/null || skip "there is no npm here"
version=$(node --version)
major=${version#v}
major=${major%%.*}
[ "$major" -ge 20 ] || skip "node $version is older than 20"

mkdir -p "$folder"
if ! cmp -s "$here/package-lock.json" "$folder/installed"; then
  cp "$here/package.json" "$here/package-lock.json" "$folder"
  if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000 \
    >"$folder/npm.log" 2>&1; then
    cat "$folder/npm.log" >&2
    # Whatever else npm complains of is a fault of ours.
    grep -qE 'E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH)|ENOTCACHED|ETIMEOUT' "$folder/npm.log" || exit 1
    skip "npm cannot reach its registry"
  fi
  cp "$here/package-lock.json" "$folder/installed"
fi

# Node looks for packages beside the file that it runs.
cp "$here/client.test.mjs" "$folder"
MOFA_SERVER=$server MOFA_CONFIG=$here/../../../config/mofa.yaml exec node --test "$folder/client.test.mjs"
