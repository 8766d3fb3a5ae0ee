#include "actors/service/message_mark.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace mofa;
using core::json;

namespace {

core::event event_with(const char* kind, const core::message& what) {
  core::event out;
  out.kind = kind;
  out.data = json{{"message", core::to_json(what)}}.dump();
  return out;
}

core::message everything() {
  auto out = core::text_message(core::role::user, "1", "yes");
  out.parts.push_back({core::part::type::data, {}, {{"n", {1, -2, 0.5}}}, "application/json", "n.json", {{"k", "v"}}});
  out.metadata = {{"lang", "en"}};
  out.extensions = {"https://example.org/ext/v1"};
  out.reference_task_ids = {"another"};
  return out;
}

}  // namespace

TEST_CASE("the event of a message is known by the message's id and all that it says") {
  const auto said = everything();
  CHECK(service::holds(event_with("message_received", said), service::mark_of(said)));
  CHECK(service::holds(event_with("submitted", said), service::mark_of(said)));
  CHECK_FALSE(service::holds(event_with("message_added", said), service::mark_of(said)));

  std::vector<core::message> others(9, said);
  others[0].message_id = "2";
  others[1].parts[0].text = "no";
  others[2].parts.pop_back();
  others[3].parts[1].data["n"][0] = 2;
  others[4].parts[1].media_type = "text/plain";
  others[5].parts[1].metadata["k"] = "w";
  others[6].metadata["lang"] = "de";
  others[7].extensions.clear();
  others[8].reference_task_ids = {"yet another"};
  for (const auto& other : others) {
    CAPTURE(core::to_json(other).dump());
    CHECK_FALSE(service::holds(event_with("message_received", other), service::mark_of(said)));
    CHECK(service::holds(event_with("message_received", other), service::mark_of(other)));
  }
}

TEST_CASE("an event without a sound message is that of none") {
  const auto said = everything();
  for (const char* data : {"{", "7", "{}", R"({"message": "1"})", R"({"message": {"message_id": "1"}})"}) {
    core::event what;
    what.kind = "message_received";
    what.data = data;
    CHECK_FALSE(service::holds(what, service::mark_of(said)));
  }
}
