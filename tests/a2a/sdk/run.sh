#!/usr/bin/env bash
# run.sh SERVER FOLDER NAME FILE…: the official A2A SDK, as npm has it, against the server program. The packages are installed
# into FOLDER, once for each lock file; the files of tests run from FOLDER/NAME; FOLDER/NAME.xml is their JUnit report,
# FOLDER/NAME.spoken which versions and bindings each spoke.
set -euo pipefail
server=$1 folder=$2 name=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
support=$here/../../support/node

node=$("$support/node.sh")
"$support/install.sh" "$here" "$folder"

# Node looks for packages beside and above the file that it runs.
rm -rf "${folder:?}/$name" "$folder/$name.xml" "$folder/$name.spoken"
mkdir -p "$folder/$name"
cp "$here"/*.mjs "$folder/$name"
cp -r "$here/lib" "$folder/$name"
MOFA_SERVER=$server MOFA_A2A_FOLDER=$here/.. MOFA_A2A_SPOKEN=$folder/$name.spoken exec "$node" --test \
  --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=junit --test-reporter-destination="$folder/$name.xml" "${@/#/$folder/$name/}"
