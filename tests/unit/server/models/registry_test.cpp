#include "server/models/registry.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "server/models/scripted/scripted_provider.hpp"
#include "tests/unit/server/models/conversation.hpp"
#include "tests/unit/server/models/manual_timer.hpp"

using namespace mofa;
using namespace mofa::test;
using names = std::vector<std::string>;

namespace {

/// Everything that a registry stands on; no test here opens a connection.
struct world {
  std::unique_ptr<http_client::client> http = *http_client::client::open({});
  std::shared_ptr<manual_timer> timer = std::make_shared<manual_timer>();
  system_clock time;

  models::surroundings parts() { return {*http, {timer, time}}; }
};

models::registry_options shipped(world& on, std::string key = {}) {
  models::registry_options out;
  out.defaults = {"openai/gpt-4o-mini", "scripted/demo"};
  out.aliases = {{"gpt-4", "openai/gpt-4o-mini"}, {"local", "ollama/llama3"}};
  out.prices = {{"openai/gpt-4o-mini", {150'000, 600'000}}};
  out.providers.resize(3);
  out.providers[0].name = "openai";
  out.providers[0].kind = "openai";
  out.providers[0].api_key = std::move(key);
  out.providers[1].name = "ollama";
  out.providers[1].kind = "openai";
  out.providers[1].base_url = "http://127.0.0.1:9/v1";
  out.providers[1].requires_key = false;
  out.providers[2].name = "scripted";
  out.providers[2].kind = "scripted";
  out.providers[2].script = *models::compile_scripted({{"otherwise", {{"say", "hi"}}}}, on.timer);
  out.providers[2].script_name = "demo";
  return out;
}

std::shared_ptr<const models::registry> made(world& on, models::registry_options options) {
  auto out = models::registry::make(std::move(options), on.parts());
  REQUIRE_MESSAGE(out, (out ? "" : out.error().detail));
  return *out;
}

}  // namespace

TEST_CASE("the default is the first whose provider has what it needs") {
  world on;
  const auto with_key = made(on, shipped(on, "sk-1"));
  CHECK(with_key->default_name() == "openai/gpt-4o-mini");
  CHECK(with_key->default_notice() == "openai/gpt-4o-mini");
  const auto without = made(on, shipped(on));
  CHECK(without->default_name() == "scripted/demo");
  CHECK(without->default_notice() ==
        "scripted/demo (a scripted stand-in, no language model; openai is off: it has no key; set "
        "models.providers.openai.api_key)");
}

TEST_CASE("names are aliases, providers' names, bare names of the default provider, or nothing for the default") {
  world on;
  const auto models = made(on, shipped(on, "sk-1"));
  CHECK(*models->full_name("") == "openai/gpt-4o-mini");
  CHECK(*models->full_name("gpt-4") == "openai/gpt-4o-mini");
  CHECK(*models->full_name("gpt-4.1") == "openai/gpt-4.1");
  CHECK(*models->full_name("ollama/qwen/2.5:7b") == "ollama/qwen/2.5:7b");
  CHECK(models->full_name("olama/llama3").error().code == errc::not_found);
  CHECK(models->full_name("olama/llama3").error().detail == "unknown provider 'olama'; did you mean 'ollama'?");
  CHECK(models->full_name("scripted/other").error().detail == "scripted has no model 'other'; it has only 'demo'");
  CHECK(models->full_name("openai/").error().code == errc::not_found);
}

TEST_CASE("a resolved model knows its name and its price") {
  world on;
  const auto models = made(on, shipped(on, "sk-1"));
  const auto found = models->resolve(names{"gpt-4"});
  REQUIRE(found);
  CHECK(found->provider == "openai");
  CHECK(found->name == "gpt-4o-mini");
  REQUIRE(found->price);
  CHECK(core::cost_microusd(*found->price, 1'000'000, 1'000'000) == 750'000);
  CHECK_FALSE(models->resolve(names{"local"})->price);
  CHECK(models->price_of("openai/gpt-4o-mini")->output_microusd_per_mtok == 600'000);
}

TEST_CASE("a cost is rounded up and never overflows") {
  CHECK(core::cost_microusd({150'000, 600'000}, 1, 0) == 1);
  CHECK(core::cost_microusd({150'000, 600'000}, 0, 0) == 0);
  CHECK(core::cost_microusd({1'000'000, 1'000'000}, 3, 4) == 7);
  constexpr auto huge = std::numeric_limits<std::int64_t>::max();
  CHECK(core::cost_microusd({huge, huge}, huge, huge) == 2'000'000'000'000);
}

TEST_CASE("what is off says why, and a fallback takes its place") {
  world on;
  const auto models = made(on, shipped(on));
  const auto off = models->resolve(names{"openai/gpt-4o"});
  REQUIRE_FALSE(off);
  CHECK(off.error().code == errc::unavailable);
  CHECK(off.error().detail == "openai is off: it has no key; set models.providers.openai.api_key");
  const auto chain = models->resolve(names{"openai/gpt-4o", "scripted/demo"});
  REQUIRE(chain);
  CHECK(chain->provider == "scripted");
  auto request = request_of({asked("x")});
  request.model.clear();
  asking one{*chain->model, request};
  CHECK(one.answer()->model == "scripted/demo");
  CHECK(models->resolve({})->name == "demo");
  CHECK(models->resolve(names{"gpt-5"}).error().detail == "scripted has no model 'gpt-5'; it has only 'demo'");
}

TEST_CASE("without a usable default the reasons are told") {
  world on;
  auto options = shipped(on);
  options.defaults = {"openai/gpt-4o-mini"};
  const auto models = made(on, options);
  CHECK(models->default_name().empty());
  const auto wanted = "no default model is usable: openai is off: it has no key; set models.providers.openai.api_key";
  CHECK(models->resolve({}).error().detail == wanted);
  CHECK(models->full_name("bare").error().code == errc::unavailable);
  CHECK(models->default_notice() == "none (" + std::string{wanted} + ")");
  CHECK(made(on, {})->resolve({}).error().detail == "there is no default model; name some under models.default");
}

TEST_CASE("the list has every model that is named somewhere, with what is off and why") {
  world on;
  const auto models = made(on, shipped(on));
  const auto list = models->models();
  REQUIRE(list.size() == 3);
  CHECK(list[0].name == "ollama/llama3");
  CHECK(list[0].usable);
  CHECK(list[0].aliases == names{"local"});
  CHECK(list[1].name == "openai/gpt-4o-mini");
  CHECK_FALSE(list[1].usable);
  CHECK(list[1].reason == "it has no key; set models.providers.openai.api_key");
  CHECK(list[1].price);
  CHECK_FALSE(list[1].is_default);
  CHECK(list[2].name == "scripted/demo");
  CHECK(list[2].is_default);
  CHECK(list[2].stand_in);
  const auto providers = models->providers();
  REQUIRE(providers.size() == 3);
  CHECK(providers[1].name == "openai");
  CHECK_FALSE(providers[1].usable);
  CHECK(providers[2].kind == "scripted");
}

TEST_CASE("a provider none of whose models is named is in the list under its own name, with why it is off") {
  world on;
  auto options = shipped(on);
  options.aliases.erase("local");
  options.providers.push_back({});
  options.providers.back().name = "anthropic";
  options.providers.back().kind = "anthropic";
  // Its name begins as another one's does.
  options.providers.push_back({});
  options.providers.back().name = "open";
  options.providers.back().kind = "openai";
  options.providers.back().requires_key = false;
  const auto list = made(on, options)->models();
  names all;
  for (const auto& each : list) all.push_back(each.name);
  REQUIRE(all == names{"anthropic", "ollama", "open", "openai/gpt-4o-mini", "scripted/demo"});
  CHECK(list[0].provider == "anthropic");
  CHECK_FALSE(list[0].usable);
  CHECK(list[0].reason == "it has no key; set models.providers.anthropic.api_key");
  CHECK_FALSE(list[0].is_default);
  CHECK(list[1].provider == "ollama");
  CHECK(list[1].usable);
  CHECK(list[1].reason.empty());
}

TEST_CASE("what does not fit together is named with its place in the section") {
  world on;
  auto options = shipped(on);
  options.providers[1].kind = "olama";
  options.aliases = {{"a", "b"}, {"c", "nobody/x"}};
  options.prices = {{"nobody/y", {}}};
  options.defaults = {"a", "scripted/other"};
  const auto failed = models::registry::make(options, on.parts());
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == errc::invalid);
  names places;
  for (const auto& each : failed.error().fields) places.push_back(each.path);
  CHECK(places ==
        names{"/providers/ollama/kind", "/aliases/a", "/aliases/c", "/prices/nobody~1y", "/default/0", "/default/1"});
}
