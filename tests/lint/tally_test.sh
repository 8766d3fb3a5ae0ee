#!/usr/bin/env bash
# The sum that .ci/run ends with, over reports that the real ctest writes for tests of every outcome.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fails=0

# report NAME: runs the tests that the standard input declares and keeps ctest's report.
report() {
  mkdir -p "$work/$1"
  cat >"$work/$1/CTestTestfile.cmake"
  ctest --test-dir "$work/$1" --output-junit "$work/$1.xml" >/dev/null 2>&1
}
# tally STATUS EXPECTED ALLOWED FILE…
tally() {
  local status=$1 expected=$2 got out
  printf '%s\n' "$3" >"$work/allowed"
  shift 3
  out=$(ALLOWED_SKIPS="$work/allowed" .ci/tally "$@")
  got=$?
  [ "$got" = "$status" ] && [ "$out" = "$expected" ] && return
  printf 'FAILED: exit %s, not %s; printed:\n%s\nnot:\n%s\n' "$got" "$status" "$out" "$expected"
  fails=1
}

report good <<<'add_test(one true)
add_test(two true)'
report bad <<<'add_test(three false)
add_test(four sleep 5)
set_tests_properties(four PROPERTIES TIMEOUT 1)
add_test(five sh -c "kill -SEGV $$")'
report skipping <<<'add_test(six true)
add_test(seven sh -c "exit 77")
set_tests_properties(seven PROPERTIES SKIP_RETURN_CODE 77)
add_test(eight true)
set_tests_properties(eight PROPERTIES DISABLED ON)'
report absent <<<'add_test(nine /nowhere/nine)'
report none </dev/null

tally 0 "2 passed, 0 failed, 0 skipped" "" "$work/good.xml"
tally 0 "4 passed, 0 failed, 0 skipped" "" "$work/good.xml" "$work/good.xml"
tally 1 "0 passed, 3 failed, 0 skipped" "" "$work/bad.xml"
tally 0 "1 passed, 0 failed, 2 skipped" $'# reason\nseven\neight' "$work/skipping.xml"
tally 1 "skipped, and not listed in tests/allowed_skips: eight
1 passed, 0 failed, 2 skipped" seven "$work/skipping.xml"
tally 1 "skipped, and not listed in tests/allowed_skips: nine
2 passed, 0 failed, 1 skipped" "" "$work/good.xml" "$work/absent.xml"
tally 1 "no test ran: $work/none.xml is missing or empty
0 passed, 0 failed, 0 skipped" "" "$work/none.xml"
tally 1 "no test ran: $work/missing.xml is missing or empty
2 passed, 0 failed, 0 skipped" "" "$work/good.xml" "$work/missing.xml"

[ "$fails" = 0 ] && echo "8 cases passed"
exit "$fails"
