#include "actors/llm/kind.hpp"

#include <doctest/doctest.h>

#include "tests/support/pure_host.hpp"

using namespace mofa;
using namespace mofa::test;
using kind_list = std::vector<std::string>;

namespace {

/// Takes objects that have a number `n`.
struct schema_of_n final : core::schema {
  std::vector<field_error> check(const json& value) const override {
    if (value.is_object() && value.contains("n") && value.at("n").is_number()) return {};
    return {{"/n", "must be a number"}};
  }
};

/// openai/priced costs 1 and 2 USD for a million tokens, others have no price.
struct few_models final : core::model_directory {
  result<std::string> full_name(std::string_view name) const override {
    return name.empty() ? std::string{"scripted/demo"} : std::string{name};
  }
  result<core::resolved_model> resolve(std::span<const std::string>) const override {
    return fail(errc::unavailable, "this test asks no model");
  }
  std::optional<core::model_price> price_of(std::string_view name) const override {
    if (name != "openai/priced") return std::nullopt;
    return core::model_price{1'000'000, 2'000'000};
  }
  std::vector<core::provider_info> providers() const override { return {}; }
  std::vector<core::model_info> models() const override { return {}; }
};

llm::surroundings around() {
  llm::surroundings out;
  out.tools = {{"calculator", {true, 90}}, {"mailer", {false, 60}}};
  out.schemas = [](const json&) -> result<core::schema_ptr> { return core::schema_ptr{std::make_shared<schema_of_n>()}; };
  static const few_models models;
  out.models = &models;
  return out;
}

result<core::behaviour_ptr> compiled(const json& document, core::agent_limits limits = {}) {
  core::definition source;
  source.name = "subject";
  source.kind = "llm";
  source.limits = limits;
  source.document = document;
  return llm::make_kind(around())->compile(source);
}

struct talk {
  explicit talk(const json& document, core::agent_limits limits = {}) : host(behaviour(document, limits)) {}
  static core::behaviour_ptr behaviour(const json& document, core::agent_limits limits) {
    auto made = compiled(document, limits);
    if (!made) FAIL(made.error().detail);
    return *made;
  }

  kind_list begin(const std::string& text) {
    return host.take("submitted", {{"message", {{"message_id", "m"}, {"role", "user"}, {"parts", {{{"text", text}}}}}},
                                   {"context_id", "c"},
                                   {"context_new", true}});
  }
  json request() const { return host.newest("effect_requested"); }
  std::string effect() const { return request().at("effect_id"); }
  kind_list answer(const std::string& text, const json& calls = json::array()) {
    return host.resolve(effect(), {{"text", text},
                                   {"calls", calls},
                                   {"finish", calls.empty() ? "stop" : "tool_calls"},
                                   {"usage", {{"input_tokens", 1}, {"output_tokens", 1}}},
                                   {"model", "scripted/demo"}});
  }
  static json call(const std::string& id, const std::string& tool, const json& arguments) {
    return {{"id", id}, {"tool", tool}, {"arguments", arguments}};
  }
  json status() const { return host.newest("status_changed"); }
  std::string said() const { return status().at("message").at("parts").at(0).at("text"); }
  void check_fold() {
    CHECK(host.live() == host.folded());
    CHECK(host.live() == host.reloaded());
  }

  pure_host host;
};

std::vector<std::string> roles_of(const json& request) {
  std::vector<std::string> out;
  for (const auto& each : request.at("messages")) out.push_back(each.at("role"));
  return out;
}

}  // namespace

TEST_CASE("a model that answers at once ends the task with its words") {
  talk with{{{"instructions", "You are {{agent}}."}}};
  CHECK(with.begin("Hello") == kind_list{"status_changed", "effect_requested"});
  CHECK(with.request().at("type") == "model");
  CHECK(with.request().at("messages")[0].at("text") == "You are subject.");
  CHECK(roles_of(with.request()) == kind_list{"system", "user"});
  CHECK(with.answer("Hi") == kind_list{"status_changed"});
  CHECK(with.status().at("state") == "completed");
  CHECK(with.said() == "Hi");
  with.check_fold();
}

TEST_CASE("calls that a model asks for run in parallel, and their outcomes go to the next call") {
  talk with{{{"tools", {"calculator", "mailer"}}}};
  with.begin("What is 17*23?");
  CHECK(with.request().at("tools") == json{"calculator", "mailer"});
  const auto decided = with.answer("", json::array({talk::call("a", "calculator", {{"expression", "17*23"}}),
                                                    talk::call("b", "mailer", json::object())}));
  CHECK(decided == kind_list{"effect_requested", "effect_requested"});
  const auto& events = with.host.journal();
  const auto first = json::parse(events[events.size() - 2].data);
  const auto second = json::parse(events.back().data);
  CHECK(first.at("tool") == "calculator");
  CHECK(first.at("rerun") == true);
  CHECK(second.at("rerun") == false);
  CHECK(with.host.resolve(second.at("effect_id"), "sent").empty());
  CHECK(with.host.resolve(first.at("effect_id"), {{"result", 391}}) == kind_list{"effect_requested"});
  CHECK(roles_of(with.request()) == kind_list{"user", "assistant", "tool", "tool"});
  CHECK(with.request().at("messages")[3].at("text") == R"({"result":391})");
  CHECK(with.request().at("messages")[3].at("call_id") == "a");
  with.answer("391");
  CHECK(with.said() == "391");
  with.check_fold();
}

TEST_CASE("a tool's failure is told to the model") {
  talk with{{{"tools", {"calculator"}}}};
  with.begin("1/0");
  with.answer("", json::array({talk::call("a", "calculator", {{"expression", "1/0"}})}));
  CHECK(with.host.resolve_with_error(with.effect(), "invalid", "division by zero") == kind_list{"effect_requested"});
  const auto told = with.request().at("messages").back();
  CHECK(told.at("failed") == true);
  CHECK(told.at("text") == "invalid: division by zero");
}

TEST_CASE("a tool that is not there and arguments that are no object are told to the model at once") {
  talk with{{{"tools", {"calculator"}}}};
  with.begin("x");
  json malformed{{"id", "b"}, {"tool", "calculator"}, {"malformed", "{\"expr"}};
  CHECK(with.answer("", {talk::call("a", "calculater", json::object()), malformed}) ==
        kind_list{"llm.corrected", "llm.corrected", "effect_requested"});
  CHECK(roles_of(with.request()) == kind_list{"user", "assistant", "tool", "tool"});
  with.check_fold();
}

TEST_CASE("an agent is called as a child with the message that the model wrote") {
  talk with{{{"tools", {"agent:weather"}}}};
  with.begin("x");
  with.answer("", json::array({talk::call("a", "agent:weather", {{"message", "weather in Bern"}})}));
  CHECK(with.request().at("type") == "child");
  CHECK(with.request().at("agent") == "weather");
  CHECK(with.request().at("message") == "weather in Bern");
}

TEST_CASE("a task in a context that had others begins with what was said there") {
  talk with{json::object()};
  CHECK(with.host.submit("and now?") == kind_list{"status_changed", "effect_requested"});
  CHECK(with.request().at("type") == "recall");
  const json earlier{{{"role", "user"}, {"text", "I am Ada"}}, {{"role", "assistant"}, {"text", "Hello Ada"}}};
  CHECK(with.host.resolve(with.effect(), earlier) == kind_list{"effect_requested"});
  CHECK(with.request().at("messages")[0].at("text") == "I am Ada");
  CHECK(roles_of(with.request()) == kind_list{"user", "assistant", "user"});
  with.check_fold();
}

TEST_CASE("a task that brings its own history and instructions reads no context") {
  talk with{{{"instructions", "Be brief."}}};
  with.host.take("submitted", {{"message", {{"message_id", "m"}, {"role", "user"}, {"parts", {{{"text", "and now?"}}}}}},
                               {"context_id", "c"},
                               {"instructions", "Answer in French."},
                               {"history",
                                {{{"message_id", "a"}, {"role", "user"}, {"parts", {{{"text", "I am Ada"}}}}},
                                 {{"message_id", "b"}, {"role", "agent"}, {"parts", {{{"text", "Hello Ada"}}}}}}}});
  CHECK(with.request().at("type") == "model");
  CHECK(roles_of(with.request()) == kind_list{"system", "user", "assistant", "user"});
  CHECK(with.request().at("messages")[0].at("text") == "Be brief.\n\nAnswer in French.");
  with.check_fold();
}

TEST_CASE("a model that fails ends the task, which keeps what was said so far") {
  talk with{{{"tools", {"calculator"}}}};
  with.begin("x");
  with.answer("Let me see.", json::array({talk::call("a", "calculator", {{"expression", "1"}})}));
  with.host.resolve(with.effect(), 1);
  CHECK(with.host.resolve_with_error(with.effect(), "upstream_failed", "500") ==
        kind_list{"artifact_updated", "status_changed"});
  CHECK(with.status().at("code") == "model_failed");
  CHECK(with.host.newest("artifact_updated").at("artifact").at("parts")[0].at("text") == "Let me see.");
}

TEST_CASE("a budget without room and too many steps end the task as limit_exceeded, naming the limit") {
  core::agent_limits limits;
  limits.max_steps = 2;
  talk with{{{"tools", {"calculator"}}}, limits};
  with.begin("x");
  SUBCASE("the budget") {
    with.host.resolve_with_error(with.effect(), "limit_exceeded", "max_tokens: 100");
    CHECK(with.said() == "max_tokens: 100");
  }
  SUBCASE("the steps") {
    for (int i = 0; i < 2; ++i) {
      with.answer("", json::array({talk::call("a", "calculator", {{"expression", "1"}})}));
      with.host.resolve(with.effect(), 1);
    }
    CHECK(with.said().starts_with("max_steps: "));
  }
  CHECK(with.status().at("state") == "failed");
  CHECK(with.status().at("code") == "limit_exceeded");
}

TEST_CASE("an answer that does not fit its schema is repaired at most twice") {
  talk with{{{"output_schema", {{"type", "object"}}}}};
  with.begin("x");
  CHECK(with.answer("no json") == kind_list{"llm.corrected", "effect_requested"});
  CHECK(with.answer("{\"n\": \"no\"}") == kind_list{"llm.corrected", "effect_requested"});
  with.check_fold();
  SUBCASE("the second repair fits") {
    with.answer("{\"n\": 1}");
    CHECK(with.status().at("state") == "completed");
    CHECK(with.status().at("message").at("parts")[0].at("data") == json{{"n", 1}});
  }
  SUBCASE("it does not") {
    with.answer("{}");
    CHECK(with.status().at("code") == "output_invalid");
  }
}

TEST_CASE("only the last messages are kept, and no outcome without its call") {
  talk with{{{"tools", {"calculator"}}, {"history", {{"max_messages", 2}}}}};
  with.begin("x");
  for (int i = 0; i < 3; ++i) {
    with.answer("", json::array({talk::call("a", "calculator", {{"expression", "1"}})}));
    with.host.resolve(with.effect(), 1);
    CHECK(roles_of(with.request()) == kind_list{"user", "assistant", "tool"});
  }
  with.check_fold();
}

TEST_CASE("a long outcome is cut, and takes nothing else along") {
  talk with{{{"tools", {"calculator"}}, {"history", {{"max_tokens", 1000}}}}};
  with.begin("x");
  with.answer("", json::array({talk::call("a", "calculator", {{"expression", "1"}})}));
  with.host.resolve(with.effect(), std::string(60'000, 'y'));
  CHECK(roles_of(with.request()) == kind_list{"user", "assistant", "tool"});
  const auto text = with.request().at("messages")[2].at("text").get<std::string>();
  CHECK(text.size() < 1'100);
  CHECK(text.ends_with(" more bytes]"));
  with.check_fold();
}

TEST_CASE("what is said while a call is open comes after its outcome, and is answered before the task ends") {
  talk with{{{"tools", {"calculator"}}}};
  with.begin("x");
  SUBCASE("while the model thinks") {
    CHECK(with.host.send("and y").empty());
    CHECK(with.answer("done with x") == kind_list{"effect_requested"});
    CHECK(roles_of(with.request()) == kind_list{"user", "assistant", "user"});
  }
  SUBCASE("while a tool runs") {
    with.answer("", json::array({talk::call("a", "calculator", {{"expression", "1"}})}));
    const auto call = with.effect();
    CHECK(with.host.send("and y").empty());
    CHECK(with.host.resolve(call, 1) == kind_list{"effect_requested"});
    CHECK(roles_of(with.request()) == kind_list{"user", "assistant", "tool", "user"});
  }
  with.check_fold();
  with.answer("done with both");
  CHECK(with.said() == "done with both");
}

TEST_CASE("what a call may use is reserved with its request") {
  core::agent_limits limits;
  limits.max_cost_microusd = 1'000'000;
  talk with{{{"model", {{"provider", "openai"}, {"name", "priced"}, {"max_output_tokens", 100}}}}, limits};
  with.begin("Hello");
  const auto without_tools = with.request().at("reserve").at("tokens").get<int>();
  talk more{
      {{"model", {{"provider", "openai"}, {"name", "priced"}, {"max_output_tokens", 100}}}, {"tools", {"calculator"}}}};
  more.begin("Hello");
  CHECK(more.request().at("reserve").at("tokens").get<int>() >= without_tools + 30);
  CHECK(more.request().at("reserve").contains("cost_microusd"));
  const auto reserve = with.request().at("reserve");
  CHECK(reserve.at("tokens") > 100);
  CHECK(reserve.at("cost_microusd") == (reserve.at("tokens").get<int>() - 100) + 200);
}

TEST_CASE("mistakes of a definition are named with their places") {
  const auto fault = [](const json& document, core::agent_limits limits = {}) {
    const auto made = compiled(document, limits);
    if (made) return std::string{"fine"};
    return made.error().fields[0].path + ": " + made.error().fields[0].message;
  };
  CHECK(fault({{"tools", {"calculater"}}}) == "/tools/0: unknown tool 'calculater'; did you mean 'calculator'?");
  CHECK(fault({{"tools", {"calculator", "calculator"}}}) == "/tools/1: 'calculator' is there already");
  CHECK(fault({{"reasoning", "deep"}}) == "/reasoning: must be 'react' or 'direct'");
  CHECK(fault({{"reasoning", "direct"}, {"tools", {"calculator"}}}) ==
        "/tools: an agent with 'reasoning: direct' calls no tools");
  CHECK(fault({{"model", {{"temperature", 3}}}}) == "/model/temperature: must be a number from 0 to 2");
  CHECK(fault({{"model", {{"nam", "x"}}}}) == "/model/nam: unknown member 'nam'; did you mean 'name'?");
  core::agent_limits limits;
  limits.max_cost_microusd = 5;
  CHECK(fault({{"model", {{"name", "x"}}}}, limits) ==
        "/limits/max_cost_microusd: model 'x' has no price; add it to models.prices, or remove the limit");
}
