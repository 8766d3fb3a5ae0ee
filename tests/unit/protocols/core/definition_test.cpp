#include "protocols/core/definition.hpp"

#include <doctest/doctest.h>

#include <array>

#include "protocols/core/fields.hpp"

using namespace mofa;
using core::json;

namespace {

constexpr std::array<std::string_view, 2> own{"rules", "otherwise"};

/// A compiler of schemas that knows one mistake.
result<core::schema_ptr> compiled(const json& source) {
  struct any final : core::schema {
    std::vector<field_error> check(const json&) const override { return {}; }
  };
  if (!source.contains("$schema")) return core::schema_ptr{std::make_shared<any>()};
  return core::invalid_fields({{"/$schema", "is not draft 7"}});
}

result<core::definition> read(const char* text) {
  return core::definition_from_json(json::parse(text), own, false, compiled);
}

std::string errors_of(const char* text) {
  const auto got = read(text);
  if (got) return "accepted";
  CHECK(got.error().code == errc::invalid);
  std::string out;
  for (const auto& each : got.error().fields) out += each.path + ": " + each.message + "\n";
  return out;
}

/// The errors of a definition with this member besides name and kind.
std::string with(const std::string& member) {
  return errors_of((R"({"name": "a", "kind": "scenario", )" + member + "}").c_str());
}

}  // namespace

TEST_CASE("a definition of name and kind has the defaults") {
  const auto got = read(R"({"name": "echo", "kind": "scenario"})");
  REQUIRE(got);
  CHECK(got->limits.max_concurrent_tasks == 256);
  CHECK(got->limits.timeout == milliseconds{600'000});
  CHECK_FALSE(got->limits.input_timeout);
  CHECK(got->durability == core::durability::sync);
  CHECK(got->on_busy_context == core::busy_policy::queue);
  CHECK(got->supervision.backoff_max == milliseconds{5'000});
}

TEST_CASE("every common member is read") {
  const auto* text = R"({"name": "a-1_b", "kind": "scenario", "description": "d", "labels": {"owner": "demo"},
      "skills": [{"id": "math", "name": "Arithmetic", "description": "x", "tags": ["t"], "examples": ["17*23?"]}, {"id": "b"}],
      "input_schema": {"type": "object"}, "durability": "none",
      "limits": {"max_concurrent_tasks": 2, "max_queued_tasks": 0, "timeout_ms": 5, "input_timeout_ms": 7},
      "on_busy_context": "interrupt", "supervision": {"intensity": 0, "period_ms": 10, "backoff_ms": [1, 2]},
      "rules": [], "otherwise": []})";
  const auto got = read(text);
  REQUIRE(got);
  CHECK(got->name == "a-1_b");
  CHECK(got->description == "d");
  CHECK(got->labels.at("owner") == "demo");
  REQUIRE(got->skills.size() == 2);
  CHECK(got->skills[0].examples == std::vector<std::string>{"17*23?"});
  CHECK(got->skills[1].name == "b");
  CHECK(got->input_schema != nullptr);
  CHECK(got->durability == core::durability::none);
  CHECK(got->limits.max_concurrent_tasks == 2);
  CHECK(got->limits.max_queued_tasks == 0);
  CHECK(got->limits.timeout == milliseconds{5});
  CHECK(got->limits.input_timeout == milliseconds{7});
  CHECK(got->on_busy_context == core::busy_policy::interrupt);
  CHECK(got->supervision.intensity == 0);
  CHECK(got->supervision.backoff_min == milliseconds{1});
  CHECK(got->document == json::parse(text));
}

TEST_CASE("an input timeout of null is none") {
  CHECK_FALSE(read(R"({"name": "a", "kind": "k", "limits": {"input_timeout_ms": null}})")->limits.input_timeout);
}

TEST_CASE("a name is 1 to 63 characters of the allowed ones and not reserved") {
  const auto good = [](const std::string& name) { return bool{core::definition_head({{"name", name}, {"kind", "k"}})}; };
  CHECK(good("0a"));
  CHECK(good(std::string(63, 'a')));
  for (const std::string bad : {"", "A", "-a", "_a", "a b", "a.b", "ä", "a/b"}) {
    CAPTURE(bad);
    CHECK_FALSE(good(bad));
  }
  CHECK_FALSE(good(std::string(64, 'a')));
  for (const std::string reserved :
       {"a2a", "api", "v1", "mcp", "metrics", "openapi", "livez", "readyz", "healthz", "tasks", "dashboard"}) {
    CHECK_FALSE(good(reserved));
  }
  CHECK(errors_of(R"({"name": "tasks", "kind": "k"})") == "/name: 'tasks' is reserved\n");
}

TEST_CASE("the head of a definition needs name and kind and looks at nothing else") {
  CHECK(core::definition_head(json::parse(R"({"name": "a", "kind": "k", "other": 1})"))->second == "k");
  CHECK(core::definition_head(json::parse("[]")).error().fields.at(0).message == "must be an object, not an array");
  const auto empty = core::definition_head(json::parse("{}")).error().fields;
  REQUIRE(empty.size() == 2);
  CHECK(empty[0].message == "missing member 'name'");
  CHECK(empty[1].message == "missing member 'kind'");
  CHECK(core::definition_head(json::parse(R"({"name": 1, "kind": ""})")).error().fields.size() == 2);
}

TEST_CASE("an unknown member is named with the nearest one, also of the kind's own") {
  CHECK(with(R"("rulez": [])") == "/rulez: unknown member 'rulez'; did you mean 'rules'?\n");
  CHECK(with(R"("desciption": "")") == "/desciption: unknown member 'desciption'; did you mean 'description'?\n");
  CHECK(with(R"("limits": {"timeout": 1})") == "/limits/timeout: unknown member 'timeout'; did you mean 'timeout_ms'?\n");
  CHECK(with(R"("supervision": {"intensiti": 1})") ==
        "/supervision/intensiti: unknown member 'intensiti'; did you mean 'intensity'?\n");
  CHECK(with(R"("skills": [{"id": "a", "tag": []}])") == "/skills/0/tag: unknown member 'tag'; did you mean 'tags'?\n");
}

TEST_CASE("every number has its bounds") {
  CHECK(with(R"("limits": {"max_concurrent_tasks": 0, "max_queued_tasks": -1, "timeout_ms": 0, "input_timeout_ms": 1.5})") ==
        "/limits/max_concurrent_tasks: must be from 1 to 1000000\n"
        "/limits/max_queued_tasks: must be from 0 to 10000000\n"
        "/limits/timeout_ms: must be from 1 to 31622400000\n"
        "/limits/input_timeout_ms: must be an integer, not a number\n");
  CHECK(with(R"("limits": {"timeout_ms": 18446744073709551615})") == "/limits/timeout_ms: must be from 1 to 31622400000\n");
  CHECK(with(R"("supervision": {"intensity": 1001, "period_ms": 0, "backoff_ms": [-1, 86400001]})") ==
        "/supervision/intensity: must be from 0 to 1000\n"
        "/supervision/period_ms: must be from 1 to 86400000\n"
        "/supervision/backoff_ms/0: must be from 0 to 86400000\n"
        "/supervision/backoff_ms/1: must be from 0 to 86400000\n");
  CHECK(with(R"("supervision": {"backoff_ms": [2, 1]})") ==
        "/supervision/backoff_ms: the shortest is longer than the longest\n");
  CHECK(with(R"("supervision": {"backoff_ms": 5})") ==
        "/supervision/backoff_ms: must be two integers: [shortest, longest]\n");
}

TEST_CASE("limits that a kind does not use are refused, not ignored") {
  CHECK(with(R"("limits": {"max_steps": 25, "max_tokens": 1, "max_cost_microusd": 1})") ==
        "/limits/max_steps: kind 'scenario' does not use 'max_steps'\n");
  CHECK(with(R"("limits": {"max_tokens": -1})") == "/limits/max_tokens: must be from 0 to 1000000000000\n");
}

TEST_CASE("subscriptions name a topic or a pattern, once each") {
  const auto got = read(R"({"name": "a", "kind": "scenario", "subscribe": [
      {"topic": "orders.*", "durable": true, "overflow": "drop_newest", "capacity": 1}, {"topic": "#"}]})");
  REQUIRE(got);
  REQUIRE(got->subscribe.size() == 2);
  CHECK(got->subscribe[0].topic.text() == "orders.*");
  CHECK(got->subscribe[0].durable);
  CHECK(got->subscribe[0].overflow == core::overflow_policy::drop_newest);
  CHECK(got->subscribe[0].capacity == 1);
  CHECK(got->subscribe[1].topic.text() == "#");
  CHECK_FALSE(got->subscribe[1].durable);
  CHECK(got->subscribe[1].overflow == core::overflow_policy::drop_oldest);
  CHECK(got->subscribe[1].capacity == 1000);
  CHECK(with(R"("subscribe": {})") == "/subscribe: must be an array of subscriptions, not an object\n");
  CHECK(with(R"("subscribe": [{"durable": 1, "overflow": "block", "capacity": 0}])") ==
        "/subscribe/0/durable: must be true or false, not an integer\n"
        "/subscribe/0/overflow: must be one of drop_oldest, drop_newest\n"
        "/subscribe/0/capacity: must be from 1 to 100000\n"
        "/subscribe/0/topic: missing member 'topic'\n");
  CHECK(with(R"("subscribe": [{"topic": "a"}, {"topic": "a"}, {"topic": "a.#.b"}, {"topic": "a", "toppic": 1}])") ==
        "/subscribe/1/topic: 'a' is subscribed to by an earlier entry\n"
        "/subscribe/2/topic: '#' stands for all words that follow: nothing can come after it\n"
        "/subscribe/3/toppic: unknown member 'toppic'; did you mean 'topic'?\n"
        "/subscribe/3/topic: 'a' is subscribed to by an earlier entry\n");
}

TEST_CASE("wrong types and words are named") {
  CHECK(with(R"("labels": {"a": 1, "b:c": "x"}, "skills": {}, "input_schema": true, "durability": "async",
                "on_busy_context": 1, "description": null, "limits": [], "supervision": "x")") ==
        "/description: must be a string, not null\n"
        "/labels/a: must be a string of at most 256 bytes\n"
        "/labels/b:c: a label's name must be 1 to 256 bytes without ':'\n"
        "/skills: must be an array of skills, not an object\n"
        "/input_schema: must be a JSON Schema: an object, not a boolean\n"
        "/durability: must be one of sync, none\n"
        "/limits: must be an object, not an array\n"
        "/on_busy_context: must be one of queue, reject, interrupt\n"
        "/supervision: must be an object, not a string\n");
  CHECK(with(R"("skills": [{"name": "x"}, {"id": "a", "tags": "t", "examples": [1]}, {"id": "a"}])") ==
        "/skills/0/id: missing member 'id'\n"
        "/skills/1/tags: must be an array of strings, not a string\n"
        "/skills/1/examples/0: must be a string, not an integer\n"
        "/skills/2/id: 'a' is the id of an earlier skill\n");
}

TEST_CASE("an input_schema that cannot be compiled is refused at its place, and so is one that nobody reads") {
  CHECK(with(R"("input_schema": {"$schema": "x"}, "labels": [])") ==
        "/labels: must be an object, not an array\n"
        "/input_schema/$schema: is not draft 7\n");
  const auto unread = core::definition_from_json(json::parse(R"({"name": "a", "kind": "k", "input_schema": {}})"), own);
  REQUIRE_FALSE(unread);
  CHECK(unread.error().fields[0].path == "/input_schema");
}

TEST_CASE("how an agent presents itself is read, and by default left to the server") {
  const auto plain = read(R"({"name": "a", "kind": "scenario"})");
  REQUIRE(plain);
  CHECK_FALSE(plain->shown.is_public);
  CHECK(plain->shown.input_modes == std::vector<std::string>{"text/plain", "application/json"});
  CHECK_FALSE(plain->shown.extended);
  const auto got = read(R"({"name": "a", "kind": "scenario",
      "skills": [{"id": "s", "input_modes": ["text/plain"], "output_modes": ["image/*"]}],
      "a2a": {"public": true, "input_modes": ["image/png"], "output_modes": ["*/*"],
              "documentation_url": "https://example.org/d", "icon_url": "http://example.org/i.png",
              "provider": {"organization": "Example", "url": "https://example.org"},
              "extended": {"description": "more", "skills": [{"id": "x"}]}}})");
  REQUIRE(got);
  CHECK(got->skills[0].output_modes == std::vector<std::string>{"image/*"});
  CHECK(got->shown.is_public == true);
  CHECK(got->shown.input_modes == std::vector<std::string>{"image/png"});
  CHECK(got->shown.organization == "Example");
  CHECK(got->shown.extended->skills.at(0).name == "x");
}

TEST_CASE("mistakes of a presentation are named at their places") {
  CHECK(with(R"("a2a": {"publik": true})") == "/a2a/publik: unknown member 'publik'; did you mean 'public'?\n");
  CHECK(with(R"("a2a": {"public": "yes", "input_modes": [], "output_modes": ["text", "a/b c"], "icon_url": "ftp://x",
                        "provider": {"url": "x"}, "extended": {"skills": {}}})") ==
        "/a2a/public: must be true or false, not a string\n"
        "/a2a/output_modes/0: must be a media type such as text/plain\n"
        "/a2a/output_modes/1: must be a media type such as text/plain\n"
        "/a2a/input_modes: needs at least one media type\n"
        "/a2a/icon_url: must begin with https:// or http://\n"
        "/a2a/provider/organization: missing member 'organization'\n"
        "/a2a/provider/url: must begin with https:// or http://\n"
        "/a2a/extended/skills: must be an array of skills, not an object\n");
}
