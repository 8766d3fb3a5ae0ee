#!/bin/sh
# Records the journals of a release from a running server: record.sh <folder> [address:port]
# The server runs with the sample agents. One <name>.jsonl with the events and one <name>.json with the task for each conversation.
set -eu
to=$1
api=http://${2:-127.0.0.1:8080}/api/v1
mkdir -p "$to"

submit() { curl -sSf "$api/agents/$1/tasks" -H "Prefer: wait=30" -d "{\"message\": {\"message_id\": \"$1-1\", \"parts\": [{\"text\": \"$2\"}]}}" | jq -r .id; }
keep() {
  until curl -sSf "$api/tasks/$2" | jq -e '.status.state | IN("completed", "failed", "canceled", "rejected")' >/dev/null; do sleep 0.2; done
  curl -sSf "$api/tasks/$2/events?limit=200" | jq -c '.items[]' >"$to/$1.jsonl"
  curl -sSf "$api/tasks/$2" | jq . >"$to/$1.json"
}

keep echo "$(submit echo hello)"
task=$(submit weather "weather in Paris")
curl -sSf "$api/tasks/$task/messages" -H "Prefer: wait=30" -d '{"message": {"message_id": "weather-2", "parts": [{"text": "tomorrow"}]}}' >/dev/null
keep weather "$task"
keep phoenix "$(submit phoenix rise)"
keep long_haul "$(submit long_haul go)"
