#include "actors/catalog/catalog.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <utility>

#include "protocols/core/input.hpp"
#include "protocols/schema/schema.hpp"
#include "tests/support/actor_store.hpp"

using namespace mofa;
using namespace mofa::test;
using core::json;

namespace {

const time_point start{std::chrono::seconds{1'700'000'000}};

/// Does nothing, and says to its kind when it goes.
struct plain_behaviour final : core::behaviour {
  explicit plain_behaviour(std::shared_ptr<int> counter) : alive(std::move(counter)) { ++*alive; }
  ~plain_behaviour() override { --*alive; }
  std::unique_ptr<core::behaviour_state> initial() const override { return std::make_unique<core::behaviour_state>(); }
  std::vector<core::event_draft> decide(const core::task_row&, const core::behaviour_state&,
                                        const core::fact&) const override {
    return {};
  }
  void apply(core::behaviour_state&, const core::event&, const json&) const noexcept override {}
  int snapshot_version() const noexcept override { return 1; }
  json save(const core::behaviour_state&) const override { return nullptr; }
  std::unique_ptr<core::behaviour_state> load(int, const json&) const override { return initial(); }
  bool knows(std::string_view, int) const noexcept override { return true; }
  std::shared_ptr<int> alive;
};

/// A kind with one member of its own; counts what it made and what of that is alive.
struct plain_kind final : core::agent_kind {
  std::string_view name() const noexcept override { return "plain"; }
  std::span<const std::string_view> members() const noexcept override {
    static constexpr std::array<std::string_view, 1> own{"tune"};
    return own;
  }
  result<core::behaviour_ptr> compile(const core::definition& source) const override {
    ++*made;
    if (const auto act = std::exchange(*meanwhile, nullptr)) act();
    const auto tune = source.document.find("tune");
    if (tune != source.document.end() && *tune == "wrong")
      return error{errc::invalid, "no such tune", {{"/tune", "no such tune"}}};
    return core::behaviour_ptr{std::make_shared<plain_behaviour>(alive)};
  }
  std::shared_ptr<int> made = std::make_shared<int>(0);
  std::shared_ptr<std::function<void()>> meanwhile = std::make_shared<std::function<void()>>();  ///< once, while compiling
  std::shared_ptr<int> alive = std::make_shared<int>(0);
};

struct stocked {
  std::shared_ptr<plain_kind> kind = std::make_shared<plain_kind>();
  memory_store store;
  catalog::catalog agents{{kind}};

  catalog::entry put(const std::string& name, const std::string& tune, catalog::catalog& into) {
    auto made = into.compile({{"name", name}, {"kind", "plain"}, {"tune", tune}});
    if (!made) FAIL(made.error().detail);
    auto kept = into.put(std::move(*made), name + ".yaml", store, start);
    if (!kept) FAIL(kept.error().detail);
    return *kept;
  }
  catalog::entry put(const std::string& name, const std::string& tune) { return put(name, tune, agents); }
  catalog::compiled version(const std::string& name, int number) {
    auto got = agents.version(name, number, store);
    if (!got) FAIL(got.error().detail);
    return *got;
  }
};

/// "path: message" of each error, a line each.
std::string errors_of(const result<catalog::compiled>& got) {
  if (got) return "accepted";
  std::string out;
  for (const auto& each : got.error().fields) out += each.path + ": " + each.message + "\n";
  return out;
}

bool same(const catalog::compiled& one, const catalog::compiled& other) {
  return one.definition == other.definition && one.behaviour == other.behaviour;
}

}  // namespace

TEST_CASE("a document is compiled by its kind, and nothing is kept of that") {
  stocked with;
  const auto made = with.agents.compile({{"name", "a"}, {"kind", "plain"}, {"tune", "x"}});
  REQUIRE(made);
  CHECK(made->definition->name == "a");
  CHECK(made->behaviour != nullptr);
  CHECK(with.agents.names().empty());
  CHECK(with.store.definitions.empty());
}

TEST_CASE("what is wrong with a document is told with its place") {
  const stocked with;
  CHECK(errors_of(with.agents.compile(json::object())) == "/name: missing member 'name'\n/kind: missing member 'kind'\n");
  CHECK(errors_of(with.agents.compile({{"name", "a"}, {"kind", "plane"}})) ==
        "/kind: unknown kind 'plane'; did you mean 'plain'?\n");
  CHECK(errors_of(with.agents.compile({{"name", "a"}, {"kind", "workflow"}})) ==
        "/kind: unknown kind 'workflow'; known: plain\n");
  CHECK(with.agents.compile({{"name", "a"}, {"kind", "workflow"}}).error().code == errc::unsupported);
  CHECK(errors_of(with.agents.compile({{"name", "a"}, {"kind", "plain"}, {"tone", 1}})) ==
        "/tone: unknown member 'tone'; did you mean 'tune'?\n");
  CHECK(errors_of(with.agents.compile({{"name", "a"}, {"kind", "plain"}, {"tune", "wrong"}})) == "/tune: no such tune\n");
  CHECK(*with.kind->made == 1);
}

TEST_CASE("agents are found by name, with the file that they belong to") {
  stocked with;
  with.put("b", "x");
  const auto kept = with.put("a", "x");
  CHECK(with.agents.names() == std::vector<std::string>{"a", "b"});
  CHECK(with.agents.all().size() == 2);
  const auto found = with.agents.find("a");
  REQUIRE(found);
  CHECK(same(found->current, kept.current));
  CHECK(found->source == "a.yaml");
  CHECK(found->current.definition->version == 1);
  CHECK_FALSE(with.agents.find("c"));
}

TEST_CASE("the same text is the same version, also in the next life of the process; another is the next one") {
  stocked with;
  CHECK(with.put("a", "x").current.definition->version == 1);
  CHECK(with.put("a", "x").current.definition->version == 1);
  CHECK(with.put("a", "y").current.definition->version == 2);
  catalog::catalog next_life{{with.kind}};
  CHECK(with.put("a", "y", next_life).current.definition->version == 2);
  CHECK(with.put("a", "z", next_life).current.definition->version == 3);
  CHECK(with.put("b", "x", next_life).current.definition->version == 1);
}

TEST_CASE("the newest version is the one that submissions get, without the store") {
  stocked with;
  const auto kept = with.put("a", "x");
  with.store.definitions.clear();
  CHECK(same(with.version("a", 1), kept.current));
  CHECK(*with.kind->made == 1);
}

TEST_CASE("a replaced version stays the same object as long as a task runs on it, and then goes") {
  stocked with;
  auto running = with.put("a", "x").current;
  with.put("a", "y");
  CHECK(same(with.version("a", 1), running));
  CHECK(*with.kind->made == 2);
  CHECK(*with.kind->alive == 2);
  running = {};
  CHECK(*with.kind->alive == 1);
  CHECK(with.version("a", 1).definition->document.at("tune") == "x");
  CHECK(*with.kind->made == 3);
  CHECK(*with.kind->alive == 1);
}

TEST_CASE("an old version that nobody uses is read from the store again, one in use is not") {
  stocked with;
  with.put("a", "x");
  with.put("a", "y");
  catalog::catalog& agents = with.agents;
  *with.kind->made = 0;

  auto first = with.version("a", 1);
  CHECK(first.definition->version == 1);
  CHECK(*with.kind->made == 1);
  auto stored = std::move(with.store.definitions);
  CHECK(same(with.version("a", 1), first));
  CHECK(*with.kind->made == 1);

  first = {};
  const auto gone = agents.version("a", 1, with.store);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == errc::not_found);
  with.store.definitions = std::move(stored);
  CHECK(with.version("a", 1).definition->version == 1);
  CHECK(*with.kind->made == 2);
}

TEST_CASE("who compiles an old version while another does the same gets the same object") {
  stocked with;
  with.put("a", "x");
  with.put("a", "y");
  catalog::compiled quicker;
  *with.kind->meanwhile = [&] { quicker = with.version("a", 1); };
  const auto slower = with.version("a", 1);
  CHECK(quicker.behaviour != nullptr);
  CHECK(same(slower, quicker));
  CHECK(*with.kind->alive == 2);
}

TEST_CASE("a version is not taken for another, of this agent or of another one") {
  stocked with;
  for (const auto* tune : {"x", "y", "z"}) {
    with.put("a", tune);
    with.put("b", std::string{"b"} + tune);
  }
  std::vector<catalog::compiled> held;
  for (const auto* name : {"a", "b"})
    for (const int number : {1, 2, 3}) held.push_back(with.version(name, number));
  std::vector<std::string> tunes;
  for (const auto& each : held) tunes.push_back(each.definition->document.at("tune"));
  CHECK(tunes == std::vector<std::string>{"x", "y", "z", "bx", "by", "bz"});
  CHECK(same(with.version("a", 2), held[1]));
  CHECK(same(with.version("b", 2), held[4]));
}

TEST_CASE("a version that does not exist, and one that this binary cannot compile, say so") {
  stocked with;
  with.put("a", "x");
  CHECK(with.agents.version("a", 2, with.store).error().code == errc::not_found);
  CHECK(with.agents.version("b", 1, with.store).error().code == errc::not_found);
  with.put("a", "y");
  catalog::catalog without_kinds{{}};
  const auto parked = without_kinds.version("a", 1, with.store);
  REQUIRE_FALSE(parked);
  CHECK(parked.error().code == errc::unsupported);
  CHECK(parked.error().detail.starts_with("version 1 of agent 'a' cannot be run: "));
}

namespace {

core::definition_change created(const std::string& tune, const std::string& key, const std::string& hash) {
  core::definition_change out;
  out.document = {{"name", "made"}, {"kind", "plain"}, {"tune", tune}};
  out.idempotency = core::idempotency{key, "POST /api/v1/agents", hash};
  out.who.tenant = "t";
  out.who.principal = "ada";
  return out;
}

}  // namespace

TEST_CASE("a new agent that is asked for again under its key is the one that the key made") {
  stocked with;
  const auto first = with.agents.apply(created("x", "k", "h"), with.store, start);
  REQUIRE(first);
  CHECK(first->fresh);
  CHECK_FALSE(first->replayed);
  const auto again = with.agents.apply(created("x", "k", "h"), with.store, start);
  REQUIRE(again);
  CHECK(again->replayed);
  CHECK_FALSE(again->fresh);
  CHECK(same(again->now.current, first->now.current));
  CHECK(with.store.definitions.at("made").size() == 1);

  CHECK(with.agents.apply(created("y", "k", "other"), with.store, start).error().code == errc::idempotency_mismatch);
  CHECK(with.agents.apply(created("x", "another", "h"), with.store, start).error().code == errc::conflict);
  auto stranger = created("x", "k", "h");
  stranger.who.principal = "bob";
  CHECK(with.agents.apply(stranger, with.store, start).error().code == errc::conflict);
}

TEST_CASE("a key outlives the process, and says when the agent that it made is gone") {
  stocked with;
  REQUIRE(with.agents.apply(created("x", "k", "h"), with.store, start));
  catalog::catalog next_life{{with.kind}};
  REQUIRE(next_life.restore(with.store));
  CHECK(next_life.apply(created("x", "k", "h"), with.store, start)->replayed);
  REQUIRE(next_life.let_leave("made", {}, with.store));
  REQUIRE(next_life.forget("made", with.store));
  CHECK(next_life.apply(created("x", "k", "h"), with.store, start).error().code == errc::not_found);
}

TEST_CASE("a key whose agent is gone does not take another agent for it that has its name now") {
  stocked with;
  REQUIRE(with.agents.apply(created("x", "k", "h"), with.store, start));
  REQUIRE(with.agents.let_leave("made", {}, with.store));
  REQUIRE(with.agents.forget("made", with.store));
  // The same document is the same version: its number tells nothing.
  for (const auto* key : {"same", "other"}) {
    REQUIRE(with.agents.apply(created(key == std::string{"same"} ? "x" : "y", key, "h"), with.store, start)->fresh);
    CHECK(with.agents.apply(created("x", "k", "h"), with.store, start).error().code == errc::not_found);
    CHECK(with.agents.apply(created("x", key, "h"), with.store, start)->replayed);
    REQUIRE(with.agents.let_leave("made", {}, with.store));
    REQUIRE(with.agents.forget("made", with.store));
  }
}

TEST_CASE("an input_schema is compiled with the definition, and old versions keep theirs") {
  stocked with;
  int compiled = 0;
  const auto compiler = [&](const json& source) -> result<core::schema_ptr> {
    struct any final : core::schema {
      std::vector<field_error> check(const json&) const override { return {}; }
    };
    ++compiled;
    if (source.contains("$ref")) return error{errc::invalid, "leaves the document", {{"/$ref", "leaves the document"}}};
    return core::schema_ptr{std::make_shared<any>()};
  };
  catalog::catalog agents{{with.kind}, compiler};
  const json document{{"name", "a"}, {"kind", "plain"}, {"input_schema", json::object()}};
  auto made = agents.compile(document);
  REQUIRE(made);
  REQUIRE(agents.put(*made, "a.yaml", with.store, start));
  CHECK(agents.find("a")->current.definition->input_schema == made->definition->input_schema);
  with.put("a", "plain", agents);
  CHECK(agents.find("a")->current.definition->input_schema == nullptr);
  const auto before = agents.version("a", 1, with.store);
  REQUIRE(before);
  CHECK(before->definition->input_schema != nullptr);
  CHECK(errors_of(agents.compile({{"name", "a"}, {"kind", "plain"}, {"input_schema", {{"$ref", "http://x"}}}})) ==
        "/input_schema/$ref: leaves the document\n");
  CHECK(compiled >= 2);
  CHECK(errors_of(with.agents.compile(document)).starts_with("/input_schema: "));
}

TEST_CASE("a stored version whose input_schema cannot be compiled any more runs on, and takes nothing new") {
  stocked with;
  const json document{{"name", "a"},
                      {"kind", "plain"},
                      {"input_schema", {{"properties", {{"city", {{"type", "string"}, {"pattern", "^[A-Z]"}}}}}}}};
  const auto body = document.dump();
  // Taken by a binary that read no schemas.
  REQUIRE(with.store.keep_agent("a", body, "h", std::nullopt, start));
  catalog::catalog agents{{with.kind}, schema::compile};
  CHECK_FALSE(agents.compile(document));
  const auto left_out = agents.restore(with.store);
  REQUIRE(left_out);
  CHECK(left_out->empty());
  const auto found = agents.find("a");
  REQUIRE(found);
  CHECK(found->current.behaviour != nullptr);
  CHECK(found->error.find("/properties/city/pattern") != std::string::npos);
  CHECK(found->error.find("PUT /api/v1/agents/a") != std::string::npos);
  CHECK(agents.version("a", 1, with.store));
  core::message said;
  said.parts.emplace_back();
  said.parts.back().kind = core::part::type::data;
  said.parts.back().data = {{"city", "Bern"}};
  const auto refused = core::check_input(*found->current.definition, said);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unsupported);
  CHECK(refused.error().detail == found->error);
}
