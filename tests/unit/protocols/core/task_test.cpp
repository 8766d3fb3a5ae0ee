#include "protocols/core/task.hpp"

#include <doctest/doctest.h>

#include "protocols/core/event.hpp"
#include "protocols/core/ports/agent_service.hpp"

using namespace mofa;
using core::json;

TEST_CASE("states, priorities and agent states have names that are read back") {
  for (int i = 0; i < 8; ++i) {
    const auto state = static_cast<core::task_state>(i);
    CHECK(core::task_state_from(core::to_string(state)) == state);
  }
  for (int i = 0; i < 5; ++i) {
    const auto priority = static_cast<core::priority>(i);
    CHECK(core::priority_from(core::to_string(priority)) == priority);
  }
  for (int i = 0; i < 4; ++i) {
    const auto state = static_cast<core::agent_state>(i);
    CHECK(core::agent_state_from(core::to_string(state)) == state);
  }
  CHECK(core::to_string(core::task_state::input_required) == "input_required");
  CHECK(core::to_string(core::task_state::canceled) == "canceled");
  CHECK_FALSE(core::task_state_from("cancelled"));
  CHECK_FALSE(core::priority_from(""));
  CHECK_FALSE(core::agent_state_from("READY"));
}

TEST_CASE("a task is settled when it has ended or waits for a person") {
  std::string settled;
  for (int i = 0; i < 8; ++i) {
    const auto state = static_cast<core::task_state>(i);
    CHECK_FALSE((core::is_terminal(state) && core::is_interrupted(state)));
    settled += core::is_terminal(state) ? 't' : core::is_interrupted(state) ? 'i' : '-';
  }
  CHECK(settled == "--iitttt");
}

TEST_CASE("facts are what arrives") {
  CHECK(core::is_fact("submitted"));
  CHECK(core::is_fact("cancel_requested"));
  CHECK_FALSE(core::is_fact("status_changed"));
  CHECK_FALSE(core::is_fact("scenario.moved"));
}

TEST_CASE("an event is written with its data as it is") {
  core::event event;
  event.task = *task_id::parse("0190163d-8694-739b-aea5-966c26f8ad91");
  event.seq = 12;
  event.kind = "status_changed";
  event.version = 2;
  event.at = time_point{milliseconds{1'769'850'000'123}};
  event.data = R"({"state": "working"})";
  const auto text = core::to_json_text(event);
  CHECK(text == R"({"task_id":"0190163d-8694-739b-aea5-966c26f8ad91","seq":12,"kind":"status_changed","version":2,)"
                R"("at":"2026-01-31T09:00:00.123Z","data":{"state": "working"}})");
  CHECK(json::parse(text)["data"]["state"] == "working");
}
