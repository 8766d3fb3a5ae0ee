#include "actors/task/envelope.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using task::envelope;
using task::json;

namespace {

const task_id some_id = *task_id::parse("0190163d-8694-739b-aea5-966c26f8ad91");
const std::string call = some_id.str() + "/2";

/// An envelope and the number of its next event.
struct kept {
  envelope state;
  std::uint64_t next = 1;

  void apply(std::string kind, const json& data) {
    state.apply({some_id, next++, std::move(kind), 1, time_point{milliseconds{1'700'000'000'000}}, data.dump()}, data);
  }
  /// The same from its own snapshot.
  envelope again() const {
    envelope out;
    out.row = state.row;
    out.load(state.save());
    return out;
  }
};

json request_of_model(const json& more = json::object()) {
  json out{{"effect_id", call}, {"type", "model"}, {"model", "scripted/demo"}};
  out.update(more);
  return out;
}

json outcome(const std::string& text) { return {{"effect_id", call}, {"value", {{"text", text}}}}; }

}  // namespace

TEST_CASE("a task that answered with a message has it as its reply, also from a snapshot") {
  kept one;
  one.apply("submitted", {{"message", core::to_json(core::text_message(core::role::user, "m-1", "hi"))}});
  CHECK_FALSE(one.state.view().reply);
  one.apply("replied", {{"message", core::to_json(core::text_message(core::role::agent, "m-2", "hello"))}});
  REQUIRE(one.state.view().reply);
  CHECK(one.state.view().reply->text() == "hello");
  CHECK(one.state.view().history.size() == 2);
  REQUIRE(one.again().view().reply);
  CHECK(one.again().view().reply->message_id == "m-2");

  one.apply("status_changed", {{"state", "completed"}});
  REQUIRE(one.state.row.status.message);
  CHECK(one.state.row.status.message->text() == "hello");
  CHECK(one.state.view().history.size() == 2);
}

TEST_CASE("a last word of its own is the task's, whatever it replied before") {
  kept one;
  one.apply("replied", {{"message", core::to_json(core::text_message(core::role::agent, "m-2", "hello"))}});
  one.apply("status_changed", {{"state", "working"}});
  CHECK_FALSE(one.state.row.status.message);
  one.apply("status_changed",
            {{"state", "failed"}, {"message", core::to_json(core::text_message(core::role::agent, "m-3", "no"))}});
  CHECK(one.state.row.status.message->text() == "no");
}

TEST_CASE("a model call whose words are heard is known while it runs, and its words afterwards") {
  kept one;
  one.apply("effect_requested", request_of_model());
  CHECK(one.state.view().speaking == std::vector<std::string>{call});
  CHECK(one.again().view().speaking == std::vector<std::string>{call});
  CHECK(one.state.view().spoken.empty());
  one.apply("effect_resolved", outcome("The result is 4."));
  CHECK(one.state.view().speaking.empty());
  CHECK(one.state.view().spoken == "The result is 4.");
  CHECK(one.again().view().spoken == "The result is 4.");

  // A further call that asks for tools without a word leaves the last words as they are.
  one.apply("effect_requested", request_of_model());
  one.apply("effect_resolved", outcome(""));
  CHECK(one.state.view().spoken == "The result is 4.");
}

TEST_CASE("what must fit a schema, failed, or was said by a tool is not heard") {
  kept one;
  one.apply("effect_requested", request_of_model({{"output_schema", {{"type", "object"}}}}));
  CHECK(one.state.view().speaking.empty());
  one.apply("effect_resolved", outcome("{}"));
  one.apply("effect_requested", {{"effect_id", call}, {"type", "tool"}, {"tool", "clock"}});
  one.apply("effect_resolved", outcome("noon"));
  one.apply("effect_requested", request_of_model());
  one.apply("effect_resolved", {{"effect_id", call}, {"error", {{"code", "timeout"}, {"detail", "too late"}}}});
  CHECK(one.state.view().spoken.empty());
}
