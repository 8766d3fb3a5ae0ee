#include "protocols/core/input.hpp"

#include <doctest/doctest.h>

#include "protocols/schema/schema.hpp"

using namespace mofa;
using core::json;

namespace {

const json city_schema = {{"type", "object"},
                          {"properties", {{"city", {{"type", "string"}}}, {"days", {{"type", "integer"}, {"minimum", 1}}}}},
                          {"required", {"city"}},
                          {"additionalProperties", false}};

core::definition agent_with(const json& schema) {
  auto made =
      core::definition_from_json({{"name", "weather"}, {"kind", "k"}, {"input_schema", schema}}, {}, false, schema::compile);
  REQUIRE_MESSAGE(made, (made ? "" : made.error().detail));
  return *std::move(made);
}

core::message message_of(const json& parts) {
  auto made = core::message_from_json({{"parts", parts}}, "");
  REQUIRE(made);
  return *std::move(made);
}

/// "accepted", or each fault as "path: message".
std::string verdict(const core::definition& agent, const json& parts) {
  const auto fits = core::check_input(agent, message_of(parts));
  if (fits) return "accepted";
  CHECK(fits.error().code == errc::invalid);
  std::string out;
  for (const auto& each : fits.error().fields) out += each.path + ": " + each.message + "\n";
  return out;
}

}  // namespace

TEST_CASE("an agent without an input_schema takes every message") {
  const core::definition any;
  CHECK(verdict(any, {{{"text", "hello"}}}) == "accepted");
  CHECK(verdict(any, {{{"data", 1}}, {{"data", 2}}}) == "accepted");
}

TEST_CASE("with an input_schema the one part of data fits it, whatever other parts go with it") {
  const auto agent = agent_with(city_schema);
  CHECK(verdict(agent, {{{"data", {{"city", "Bern"}}}}}) == "accepted");
  CHECK(verdict(agent, {{{"text", "please"}}, {{"data", {{"city", "Bern"}, {"days", 2}}}}, {{"url", "http://a"}}}) ==
        "accepted");
}

TEST_CASE("data that breaks the input_schema is refused with pointers into the request") {
  const auto agent = agent_with(city_schema);
  const auto faults = verdict(agent, {{{"text", "please"}}, {{"data", {{"city", 5}, {"days", 0}}}}});
  CHECK(faults.find("/message/parts/1/data/city: ") == 0);
  CHECK(faults.find("\n/message/parts/1/data/days: ") != std::string::npos);
  CHECK(core::check_input(agent, message_of({{{"data", json::object()}}}))
            .error()
            .detail.starts_with("the input does not fit the input_schema of agent 'weather': /message/parts/0/data"));
}

TEST_CASE("a text is not read as JSON, and a second part of data is one too many") {
  const auto agent = agent_with(city_schema);
  CHECK(verdict(agent, {{{"text", R"({"city": "Bern"})"}}}) ==
        "/message: must have a part {\"data\": …}: a text is not read as JSON\n");
  CHECK(verdict(agent, {{{"data", {{"city", "Bern"}}}}, {{"data", {{"city", "Basel"}}}}}) ==
        "/message/parts/1: is a second part 'data'; the agent takes one\n");
}

TEST_CASE("the arguments of a call become data for an agent with an input_schema, and a text for another one") {
  const auto agent = agent_with(city_schema);
  const auto data = core::input_from(agent, {{"city", "Bern"}}, "m");
  REQUIRE(data);
  CHECK(data->message_id == "m");
  CHECK(data->parts.at(0).data == json{{"city", "Bern"}});
  CHECK(core::check_input(agent, *data));
  CHECK(core::input_from(agent, {{"message", "Bern"}}, "m").error().code == errc::invalid);
  CHECK(core::input_from(agent, {{"city", 1}}, "m").error().fields.at(0).path == "/city");

  const core::definition any;
  CHECK(core::input_from(any, {{"message", "hello"}}, "m")->text() == "hello");
  CHECK(core::input_from(any, {{"city", "Bern"}}, "m").error().fields.at(0).path == "/message");
}

TEST_CASE("arguments are the same after the journal, in the old form too") {
  for (const auto& arguments : {json{{"message", "hello"}}, json{{"message", 1}}, json{{"message", "a"}, {"more", true}},
                                json{{"city", "Bern"}}, json::object()}) {
    json request{{"type", "child"}};
    core::put_arguments(request, arguments);
    CHECK(core::arguments_of(request) == arguments);
  }
  CHECK(core::arguments_of({{"agent", "weather"}, {"message", "hello"}}) == json{{"message", "hello"}});
}

TEST_CASE("a model is told the input_schema of an agent, or that it takes a message; nothing of one that takes no object") {
  CHECK(core::input_parameters(core::definition{}).at("required") == json{"message"});
  CHECK(core::input_parameters(agent_with(city_schema)) == city_schema);
  CHECK(core::input_parameters(agent_with({{"required", {"a"}}})) == json{{"type", "object"}, {"required", {"a"}}});
  CHECK(core::input_parameters(agent_with({{"type", {"object", "null"}}})).at("type") == "object");
  CHECK(core::input_parameters(agent_with({{"type", "array"}})).is_null());
}

TEST_CASE("what stands in for a schema that cannot be read refuses every message and every call, and says why") {
  auto agent = agent_with(city_schema);
  CHECK(core::refusal_of(agent) == nullptr);
  CHECK(core::refusal_of(core::definition{}) == nullptr);
  agent.input_schema = core::refusing_schema(fail(errc::unsupported, "write another one"));
  REQUIRE(core::refusal_of(agent) != nullptr);
  for (const auto& parts : {json{{{"text", "hello"}}}, json{{{"data", {{"city", "Bern"}}}}}}) {
    const auto fits = core::check_input(agent, message_of(parts));
    REQUIRE_FALSE(fits);
    CHECK(fits.error().code == errc::unsupported);
    CHECK(fits.error().detail == "write another one");
  }
  CHECK(core::input_from(agent, {{"city", "Bern"}}, "m").error().code == errc::unsupported);
}
