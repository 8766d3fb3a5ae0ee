#include <doctest/doctest.h>

#include <algorithm>

#include "server/settings/loader.hpp"
#include "server/settings/print.hpp"

using namespace mofa;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

result<settings::loaded> load(std::vector<std::string> overrides) {
  settings::sources from;
  from.overrides = std::move(overrides);
  from.usual_files.clear();
  return settings::load(from);
}

/// The one mistake of these settings, without its "command line models.x: ".
std::string mistake(const std::string& name, const std::string& value) {
  const auto done = load({name + "=" + value});
  REQUIRE_FALSE(done);
  const auto& detail = done.error().detail;
  const auto begin = "command line " + name + ": ";
  REQUIRE(detail.starts_with(begin));
  CHECK(std::count(detail.begin(), detail.end(), '\n') == 0);
  return detail.substr(begin.size());
}

}  // namespace

TEST_CASE("models are read with all that a provider may have") {
  const auto done =
      load({"models.default=[gpt-4, scripted/demo]", "models.aliases={gpt-4: openai/gpt-4o-mini}",
            "models.prices={openai/gpt-4o-mini: {input_microusd_per_mtok: 150000, output_microusd_per_mtok: 600000}}",
            "models.providers={scripted: {kind: scripted, file: models/demo.yaml}, openai: {kind: openai, base_url: "
            "'http://localhost:1/v1', api_key: sk-1, requires_key: false}}"});
  REQUIRE_MESSAGE(done, (done ? "" : done.error().detail));
  const auto& models = done->values.models;
  CHECK(models.defaults == std::vector<std::string>{"gpt-4", "scripted/demo"});
  CHECK(models.aliases.at("gpt-4") == "openai/gpt-4o-mini");
  CHECK(models.prices.at("openai/gpt-4o-mini").output_microusd_per_mtok == 600'000);
  REQUIRE(models.providers.size() == 2);
  CHECK(models.providers[0].name == "openai");
  CHECK(models.providers[0].base_url == "http://localhost:1/v1");
  CHECK(models.providers[0].api_key == "sk-1");
  CHECK(models.providers[0].requires_key == false);
  CHECK(models.providers[1].kind == "scripted");
  CHECK(models.providers[1].file == std::filesystem::path{"models/demo.yaml"});
  CHECK_FALSE(models.providers[1].requires_key);
}

TEST_CASE("a provider's key is masked, and what is printed can be read again") {
  const auto done = load({"models.providers={openai: {kind: openai, api_key: sk-canary}}",
                          "models.prices={openai/a: {input_microusd_per_mtok: 1, output_microusd_per_mtok: 2}}"});
  REQUIRE(done);
  const auto text = settings::to_yaml(done->values);
  CHECK_FALSE(has(text, "sk-canary"));
  CHECK(has(text, "  providers:\n    openai: {api_key: \"***\", kind: openai}\n"));
  CHECK(has(text, "  prices:\n    openai/a: {input_microusd_per_mtok: 1, output_microusd_per_mtok: 2}\n"));
  CHECK(has(text, "  aliases: {}\n"));
}

TEST_CASE("user and password in a provider's base_url are masked") {
  const auto done = load({"models.providers={openai: {kind: openai, base_url: 'https://me:s3cr@t@gate.example/v1'}}"});
  REQUIRE(done);
  CHECK(done->values.models.providers[0].base_url == "https://me:s3cr@t@gate.example/v1");
  const auto text = settings::to_yaml(done->values);
  CHECK(has(text, "base_url: \"https://***@gate.example/v1\""));
  CHECK_FALSE(has(text, "s3cr"));
}

TEST_CASE("without a configuration there are no models") {
  const auto done = load({});
  REQUIRE(done);
  CHECK(done->values.models.providers.empty());
  CHECK(done->values.models.defaults.empty());
}

TEST_CASE("what is wrong with models says what to do") {
  CHECK(mistake("models.default", "openai/gpt") == "must be a list of names such as openai/gpt-4o-mini");
  CHECK(mistake("models.default", "[1]") == "must be a name such as openai/gpt-4o-mini, or an alias");
  CHECK(mistake("models.aliases", "{a: b}") == "must be PROVIDER/NAME, such as openai/gpt-4o-mini");
  CHECK(mistake("models.aliases", "[]") == "must be a map, not an array");
  CHECK(mistake("models.prices", "{a: {input_microusd_per_mtok: 1, output_microusd_per_mtok: 1}}") ==
        "is no PROVIDER/NAME, such as openai/gpt-4o-mini");
  CHECK(has(mistake("models.prices", "{a/b: {input_microusd_per_mtok: 1}}"), "'output_microusd_per_mtok'"));
  CHECK(has(mistake("models.providers", "{openai: {base_url: 'http://a'}}"), "'kind'"));
  CHECK(has(mistake("models.providers", "{openai: {kind: opena}}"), "openai"));
  CHECK(mistake("models.providers", "{Open/AI: {kind: openai}}") ==
        "a provider's name has 1 to 63 of a-z, 0-9, '_' and '-'");
  CHECK(mistake("models.providers", "{a: {kind: openai, base_url: 'ftp://a'}}") ==
        "must be a URL such as https://api.openai.com/v1");
  CHECK(has(mistake("models.providers", "{a: {kind: openai, api_kye: x}}"), "did you mean 'api_key'"));
  CHECK(mistake("models.providers", "{a: {kind: scripted}}") == "missing member 'file': the rules of the model");
  CHECK(mistake("models.providers", "{a: {kind: scripted, file: x, api_key: y}}") == "a scripted provider asks nobody");
  CHECK(mistake("models.providers", "{a: {kind: openai, file: x}}") == "is of kind scripted only");
}

TEST_CASE("a provider's patience is read, and shown where it is other than usual") {
  const auto done =
      load({"models.providers={a: {kind: openai, patience: {attempts: 5, first_pause_ms: 0, longest_pause_ms: 100, "
            "breaker_failures: 9, breaker_pause_ms: 0}}, b: {kind: openai, patience: {attempts: 3}}, c: {kind: "
            "openai, patience: {breaker_failures: 1000}}}"});
  REQUIRE_MESSAGE(done, (done ? "" : done.error().detail));
  const auto& providers = done->values.models.providers;
  REQUIRE(providers.size() == 3);
  CHECK(providers[0].patience.attempts == 5);
  CHECK(providers[0].patience.first_pause == milliseconds{0});
  CHECK(providers[0].patience.longest_pause == milliseconds{100});
  CHECK(providers[0].patience.breaker_failures == 9);
  CHECK(providers[0].patience.breaker_pause == milliseconds{0});
  CHECK(providers[1].patience == settings::model_patience_settings{});
  const auto text = settings::to_yaml(done->values);
  CHECK(has(text,
            "    a: {api_key: \"\", kind: openai, patience: {attempts: 5, breaker_failures: 9, breaker_pause_ms: 0, "
            "first_pause_ms: 0, longest_pause_ms: 100}}\n"
            "    b: {api_key: \"\", kind: openai}\n"
            "    c: {api_key: \"\", kind: openai, patience: {breaker_failures: 1000}}\n"));
}

TEST_CASE("a patience out of its bounds is refused") {
  const auto with = [](const std::string& patience) {
    return mistake("models.providers", "{a: {kind: openai, patience: {" + patience + "}}}");
  };
  CHECK(has(with("attempts: 0"), "from 1 to 100"));
  CHECK(has(with("attempts: 101"), "from 1 to 100"));
  CHECK(has(with("breaker_failures: 0"), "from 1 to 1000000"));
  CHECK(has(with("breaker_pause_ms: 3600001"), "from 0 to 3600000"));
  CHECK(with("first_pause_ms: 9000") == "is longer than longest_pause_ms");
  CHECK(has(with("atempts: 2"), "did you mean 'attempts'"));
  CHECK(has(mistake("models.providers", "{a: {kind: openai, patience: 3}}"), "must be a"));
}
