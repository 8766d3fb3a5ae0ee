#!/usr/bin/env bash
# run.sh SERVER FOLDER: OpenAI's npm package, as it is published, against the server program. The package is installed into
# FOLDER, once for each lock file.
set -euo pipefail
server=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
support=$here/../../support/node

node=$("$support/node.sh")
"$support/install.sh" "$here" "$folder"

# Node looks for packages beside the file that it runs.
cp "$here/client.test.mjs" "$folder"
MOFA_SERVER=$server MOFA_CONFIG=$here/../../../config/mofa.yaml exec "$node" --test "$folder/client.test.mjs"
