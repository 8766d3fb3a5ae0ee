#include "server/app/client/listing.hpp"

#include <doctest/doctest.h>

namespace mofa::app::client {
namespace {

item of(const char* text) { return {json::parse(text), text}; }

TEST_CASE("agents and tasks are tables") {
  CHECK(
      agent_table({of(R"({"name":"echo","version":2,"kind":"scenario","state":"ready","description":"Says it\nagain"})")}) ==
      text_lines{"NAME  KIND      VERSION  STATE  DESCRIPTION", "echo  scenario  2        ready  Says it again"});
  CHECK(task_table({of(R"({"id":"1","agent":"echo","status":{"state":"failed","code":"quarantined","message":null},
                        "updated_at":"2026-01-31T09:00:00.123Z"})")}) ==
        text_lines{"ID  AGENT  STATE                 UPDATED              SAYS",
                   "1   echo   failed (quarantined)  2026-01-31 09:00:00"});
}

TEST_CASE("an agent shows how it is called") {
  const auto page =
      agent_page(json::parse(R"({"name":"weather","version":1,"kind":"scenario","state":"ready","description":"Forecasts",
      "source":null,"error":null,"skills":[{"id":"forecast","description":"The weather","examples":["weather in Paris"]}]})"));
  CHECK(page == text_lines{"weather: Forecasts", "  scenario, version 1, ready", "  skill forecast: The weather",
                           "    try: mofa call weather 'weather in Paris'"});
}

TEST_CASE("a task shows its results, and how it is answered when it waits") {
  const auto page = task_page(json::parse(R"({"id":"7","agent":"weather","agent_version":1,"context_id":"c",
      "status":{"state":"input_required","code":null,"message":{"parts":[{"text":"For which day?"}]}},
      "artifacts":[{"artifact_id":"a","name":"Card","parts":[{"text":"one\ntwo"}]}],
      "created_at":"2026-01-31T09:00:00.123Z","updated_at":"2026-01-31T09:00:01.000Z","last_event":4,
      "usage":{"tool_calls":1}})"));
  CHECK(page == text_lines{"7: input_required", "  agent weather, version 1, context c",
                           "  submitted 2026-01-31 09:00:00, updated 2026-01-31 09:00:01, 4 events", "  1 tool call",
                           "  For which day?", "+ Card", "  one", "  two", "answer: mofa call --task 7 TEXT"});
}

TEST_CASE("each kind of event has what matters in its line") {
  const auto line = [](const std::string& kind, const std::string& data) {
    const auto text =
        event_line(json::parse(R"({"task_id":"t","seq":12,"version":1,"at":"2026-01-31T09:00:00.123Z","kind":")" + kind +
                               R"(","data":)" + data + "}"));
    CHECK(text.starts_with("  12  09:00:00.123  " + kind));
    return text.substr(text.rfind("  ") + 2);
  };
  CHECK(line("submitted", R"({"agent":"echo","message":{"parts":[{"text":"hi"}]}})") == "echo: hi");
  CHECK(line("status_changed", R"({"state":"failed","code":"out_of_luck","message":{"parts":[{"text":"no"}]}})") ==
        "failed (out_of_luck): no");
  CHECK(line("effect_requested", R"({"type":"tool","tool":"clock","arguments":{}})") == "tool clock {}");
  CHECK(line("effect_requested", R"({"type":"child","agent":"weather","message":"Paris"})") == "agent weather: Paris");
  CHECK(line("effect_resolved", R"({"value":{"text":"391"}})") == "391");
  CHECK(line("effect_resolved", R"({"error":{"code":"timeout","detail":"too late"}})") == "failed: too late");
  CHECK(line("artifact_updated", R"({"artifact":{"name":"Log","parts":[{"text":"one"}]}})") == "Log: one");
  CHECK(line("behaviour_crashed", R"({"reason":"boom","attempt":1})") == "boom");
  CHECK(line("scenario.stepped", R"({"rule":0})") == "{\"rule\":0}");
}

}  // namespace
}  // namespace mofa::app::client
