#!/usr/bin/env bash
# packages.sh HERE FOLDER [HERE FOLDER]…: all that the tests with clients from npm fetch, before the first of them and without
# their time limits: a Node where the system has none that is new enough, then by install.sh what each HERE names into its FOLDER.
set -euo pipefail
support=$(cd "$(dirname "$0")" && pwd)

"$support/node.sh"
while [ $# -gt 0 ]; do
  "$support/install.sh" "$1" "$2"
  shift 2
done
