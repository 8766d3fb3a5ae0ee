#include "server/settings/print.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "protocols/document/document.hpp"
#include "server/settings/declarations.hpp"
#include "server/settings/loader.hpp"

using namespace mofa;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

settings::configuration shipped_values() {
  settings::configuration out;
  out.definitions = {"agents"};
  out.models.defaults = {"openai/gpt-4o-mini", "scripted/demo"};
  out.models.providers = {
      {"anthropic", "anthropic", "", "${ANTHROPIC_API_KEY:-}", {}, ""},
      {"flaky", "scripted", "", "", {}, "models/flaky.yaml", {.breaker_failures = 1000}},
      {"ollama", "openai", "http://127.0.0.1:11434/v1", "", false, ""},
      {"openai", "openai", "${OPENAI_BASE_URL:-https://api.openai.com/v1}", "${OPENAI_API_KEY:-}", {}, ""},
      {"scripted", "scripted", "", "", {}, "models/demo.yaml"},
      {"spender", "scripted", "", "", {}, "models/spender.yaml"}};
  return out;
}

}  // namespace

TEST_CASE("the shipped file is what the declarations say") {
  // Tests run in the root of the repository.
  std::ifstream in{"config/mofa.yaml"};
  REQUIRE(in);
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto body = text.find("\n\n");
  REQUIRE(body != text.npos);
  CHECK(text.substr(body + 2) == settings::to_yaml(shipped_values()));
}

TEST_CASE("the shipped file loads and holds the defaults") {
  settings::sources from;
  from.file = "config/mofa.yaml";
  const auto done = settings::load(from);
  REQUIRE(done);
  CHECK(done->origin == "config/mofa.yaml");
  CHECK(done->values.definitions == std::vector<std::filesystem::path>{"config/agents"});
  const auto& providers = done->values.models.providers;
  REQUIRE(providers.size() == 6);
  CHECK(providers[3].base_url == "https://api.openai.com/v1");
  CHECK(providers[3].api_key.empty());
  CHECK(providers[4].file == std::filesystem::path{"config/models/demo.yaml"});
  auto values = done->values;
  values.definitions = {"agents"};
  values.models.providers = shipped_values().models.providers;
  CHECK(settings::to_yaml(values) == settings::to_yaml(shipped_values()));
}

TEST_CASE("every setting is declared once, described, and shown") {
  std::set<std::string> names;
  const auto read = document::read_yaml(settings::to_yaml(shipped_values()), "printed");
  REQUIRE(read);
  for (const auto& each : settings::declarations()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK(each.description.ends_with("."));
    std::string pointer = "/" + each.name;
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    CHECK(read->value.contains(core::json::json_pointer{pointer}));
  }
}

TEST_CASE("sections stand within sections") {
  settings::configuration values;
  values.a2a.card.signing_key = "keys/card.pem";
  const auto text = settings::to_yaml(values);
  CHECK(has(text, "\n\na2a:\n  # Whether"));
  CHECK(has(text, "\n  card:\n    # The form"));
  CHECK(has(text, "\n    default: hybrid\n    # The file"));
  CHECK(has(text, "\n    signing_key: keys/card.pem\n"));
  CHECK(has(text, "\n  errors:\n    # Whose"));
  CHECK(has(text, "\n    timeout_ms: 15000\n\nretention:\n"));
}

TEST_CASE("what is printed can be read again to the same") {
  settings::configuration values = shipped_values();
  values.data_dir = "yes: 'no' # ünd\n";
  values.definitions = {"-a", "12", "null", "a b"};
  values.cors.origins = {"http://[::1]:8080"};
  values.listen = {"::1", 9};
  const auto text = settings::to_yaml(values);
  const auto read = document::read_yaml(text, "printed");
  REQUIRE(read);
  CHECK(read->value["data_dir"] == values.data_dir.string());
  CHECK(read->value["definitions"].dump() == R"(["-a","12","null","a b"])");
  CHECK(read->value["cors"]["origins"][0] == "http://[::1]:8080");
  CHECK(read->value["listen"] == "[::1]:9");
}

TEST_CASE("the hash of a key is masked") {
  settings::configuration values;
  values.auth.keys.push_back({"ci", "sha256:" + std::string(64, 'a'), "default", {"admin"}, {}});
  const auto text = settings::to_yaml(values);
  CHECK(has(text, "  keys: [{hash: \"sha256:***\", name: ci, scopes: [admin], tenant: default}]\n"));
  CHECK_FALSE(has(text, "aaaa"));
}

TEST_CASE("user and password of the proxy are masked") {
  settings::configuration values;
  values.http_client.proxy = "http://me:s3cr@t@proxy:3128";
  CHECK(has(settings::to_yaml(values), "  proxy: \"http://***@proxy:3128\"\n"));
  values.http_client.proxy = "socks5h://proxy:1080";
  CHECK(has(settings::to_yaml(values), "  proxy: socks5h://proxy:1080\n"));
}
