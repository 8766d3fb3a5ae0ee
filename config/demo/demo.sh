#!/usr/bin/env bash
# demo.sh [BINARY]: six things that the server does, told as they happen, in under a minute, offline. Each claim is checked: the exit
# code is 1 when one does not hold. Data goes to a folder that is deleted at the end.
set -euo pipefail
mofa=$(realpath "${1:-build/release/mofa}")
here=$(realpath "$(dirname "$0")")
data=$(mktemp -d)
server=
finish() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$data"; }
trap finish EXIT

bold= plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' plain=$'\e[0m'; fi
tell() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
fail() { echo "demo: $*" >&2; exit 1; }
# value NAME: the first member of that name in the JSON on stdin, a string or a number.
value() { grep -o "\"$1\":\"\\?[^\",}]*" | head -n 1 | sed 's/.*:"\?//'; }
# until COMMAND…: again and again, for ten seconds at most.
until_true() { for _ in $(seq 200); do "$@" && return; sleep 0.05; done; fail "waited too long for: $*"; }

address=127.0.0.1:0
serve() {
  "$mofa" serve --config "$here/mofa.yaml" --listen "$address" --data "$data/var" >"$data/out" 2>>"$data/log" &
  server=$!
  until_true grep -q 'http://' "$data/out"
  address=$(grep -o '127.0.0.1:[0-9]*' "$data/out" | head -n 1)
  export MOFA_URL=http://$address
  api=$MOFA_URL/api/v1
}

serve
tell "1. An agent thinks: the model wants two tools at once, and says what they found"
"$mofa" call assistant 'What is 17*23, and what time is it?' | tee "$data/thought"
grep -q 391 "$data/thought" || fail "17*23 is 391"

tell "2. An agent asks back; the task waits for its person, and goes on with the answer"
status=0
"$mofa" call weather 'weather in Paris' 2>"$data/asked" || status=$?
cat "$data/asked"
[ "$status" -eq 5 ] || fail "a question ends the call with 5, not $status"
task=$(curl -fsS "$api/tasks?agent=weather&limit=1" | value id)
"$mofa" call --task "$task" tomorrow | tee "$data/answer"
grep -q 'ready' "$data/answer" || fail "the forecast is not there"

tell "3. An agent crashes twice; its supervisor restarts the task from its journal, and it answers"
"$mofa" call phoenix rise
restarts=$(curl -fsS "$api/agents/phoenix/actor" | value restarts_in_window)
echo "restarts in the tree: $restarts"
[ "$restarts" -eq 2 ] || fail "two restarts, not $restarts"

tell "4. kill -9 in the middle of twenty steps; after the start the task goes on where it was"
task=$(curl -fsS -d '{"message":"go"}' "$api/agents/long_haul/tasks" | value id)
at_stop() { curl -fsS "$api/tasks/$task" | grep -q "stop $1 of 20"; }
until_true at_stop 9
{ kill -9 "$server" && wait "$server"; } 2>/dev/null || true
echo "killed at stop 9"
serve
"$mofa" tasks watch "$task" >/dev/null 2>&1 || fail "the task did not end well"
curl -fsS "$api/tasks/$task/events?limit=200" | grep -o '"text":"stop [0-9]* of 20"' | sort | uniq -c >"$data/stops"
[ "$(wc -l <"$data/stops")" -eq 20 ] && ! grep -qv '^ *1 ' "$data/stops" || fail "each of the 20 stops once"
echo "it ended at stop 20, and took each stop once"

tell "5. One critical task among two hundred in the background, with one slot for models"
for i in $(seq 200); do
  [ "$i" -eq 1 ] || echo next
  printf 'url = "%s"\ndata = "{\\"message\\":\\"x\\",\\"priority\\":\\"background\\"}"\noutput = "/dev/null"\n' "$api/agents/ticker/tasks"
done >"$data/many"
curl -fsS --config "$data/many"
curl -fsS -H 'Prefer: wait=20' -d '{"message":"x","priority":"critical"}' "$api/agents/ticker/tasks" >"$data/critical"
left=$(curl -fsS "$api/agents/ticker/actor" | value running_tasks)
echo "the critical one is done; in the background $left are still at work"
[ "$(value state <"$data/critical")" = completed ] && [ "$left" -gt 50 ] || fail "the critical task had to wait"

tell "6. A client of OpenAI's API, with another address"
package=$(ls -d "$here"/../../build/*/openai_client/node_modules/openai 2>/dev/null | head -n 1)
if [ -n "$package" ] && command -v node >/dev/null; then
  echo "(the npm package openai, as it is published)"
  node "$here/chat.mjs" "$(realpath "$package/../..")" | tee "$data/chat"
else
  echo "(curl; where make test has installed the npm package openai, that is used)"
  curl -fsS -d '{"model":"assistant","messages":[{"role":"user","content":"What is 6*7?"}]}' "$MOFA_URL/v1/chat/completions" >"$data/chat"
  value content <"$data/chat"
fi
grep -q 42 "$data/chat" || fail "6*7 is 42"
tell "That is all. make run serves the same agents; README.md goes on from here."
