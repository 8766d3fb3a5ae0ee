#!/usr/bin/env bash
# run.sh CHECK TABLE SERVER FOLDER UNIT… -- SUITE=REPORT…: runs the unit test programs, with their reports in FOLDER, then checks
# the table against these (the suite `unit`) and the reports of the tests that ran before.
set -euo pipefail
check=$1 table=$2 server=$3 folder=$4
shift 4

rm -rf "${folder:?}"
mkdir -p "$folder"
reports=()
while [ "$1" != -- ]; do
  report=$folder/$(basename "$1").xml
  # What failed is in the report: the check tells of each that the table needs.
  "$1" --reporters=junit --out="$report" || true
  reports+=("unit=$report")
  shift
done
shift
exec "$check" "$table" "$server" "${reports[@]}" "$@"
