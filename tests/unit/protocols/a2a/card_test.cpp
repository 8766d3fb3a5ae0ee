#include "protocols/a2a/card.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocols/a2a/canonical.hpp"

using namespace mofa;
using a2a::card_form;
using a2a::card_text;
using core::json;

namespace {

const std::string base = "http://127.0.0.1:8080/a2a/echo";

core::definition plain() {
  core::definition out;
  out.name = "echo";
  out.kind = "scenario";
  out.version = 3;
  return out;
}

core::definition rich() {
  auto out = plain();
  out.description = "Says it again.";
  out.skills = {{.id = "repeat",
                 .name = "Repeat",
                 .description = "Repeats a text",
                 .tags = {"text", ""},
                 .examples = {"say hi"},
                 .input_modes = {"text/plain"},
                 .output_modes = {"text/html"}},
                {.id = "count", .name = "count", .description = "", .tags = {}, .examples = {""}}};
  out.shown.input_modes = {"text/plain"};
  out.shown.output_modes = {"text/plain", "image/png"};
  out.shown.documentation_url = "https://example.org/echo";
  out.shown.icon_url = "https://example.org/echo.png";
  out.shown.organization = "Example";
  out.shown.organization_url = "https://example.org";
  out.shown.extended = core::extended_exposure{
      "Says it again, twice.",
      {{.id = "count", .name = "Count", .description = "Counts", .tags = {"number"}, .examples = {}},
       {.id = "twice", .name = "Twice", .description = "Says it twice", .tags = {"text"}, .examples = {}}}};
  return out;
}

json card(const core::definition& of, card_form form, bool with_keys = false, bool extended = false,
          const a2a::card_signer* signer = nullptr) {
  const auto text = card_text(of, {base, with_keys}, form, extended, signer);
  REQUIRE(text);
  auto out = json::parse(*text);
  CHECK(a2a::canonical(out) == *text);
  return out;
}

/// Whether a text, a list or an object without anything in it is somewhere below.
bool has_empty(const json& value) {
  if (value.is_null()) return true;
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  if (!value.is_structured()) return false;
  if (value.empty()) return true;
  return std::any_of(value.begin(), value.end(), has_empty);
}

const json extensions = json::parse(R"([
  {"uri": "https://mofa.dev/a2a/extensions/event-ids/v1",
   "description": "Events of a stream have ids; a subscription with this goes on behind the one in Last-Event-ID."},
  {"uri": "https://mofa.dev/a2a/extensions/idempotent-messages/v1",
   "description": "The messageId of a message makes its repetition harmless; other words under it are refused."}])");

/// The text with BASE and EXTENSIONS put in.
json golden(std::string text) {
  const auto put = [&](const std::string& mark, const std::string& with) {
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark)) text.replace(at, mark.size(), with);
  };
  put("BASE", json(base).dump());
  put("EXTENSIONS", extensions.dump());
  return json::parse(text);
}

/// A signer that says which input it was given, by its number.
struct recording {
  std::vector<std::string> inputs;
  a2a::card_signer signer{"EdDSA", "k1", [this](std::string_view input) -> result<std::string> {
                            inputs.emplace_back(input);
                            return "signature " + std::to_string(inputs.size());
                          }};
};

std::string signing_input(const json& from, std::size_t which) {
  auto bare = from;
  bare.erase("signatures");
  return from["signatures"][which]["protected"].get<std::string>() + "." + a2a::base64url(a2a::canonical(bare));
}

}  // namespace

TEST_CASE("the card of an agent that says nothing of itself is complete all the same") {
  CHECK(card(plain(), card_form::v1) == golden(R"({
    "name": "echo", "description": "The agent 'echo' of a MoFA server.", "version": "3",
    "supportedInterfaces": [
      {"url": BASE, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"},
      {"url": BASE, "protocolBinding": "HTTP+JSON", "protocolVersion": "1.0"},
      {"url": BASE, "protocolBinding": "JSONRPC", "protocolVersion": "0.3"},
      {"url": BASE, "protocolBinding": "HTTP+JSON", "protocolVersion": "0.3"}],
    "capabilities": {"streaming": true, "pushNotifications": true, "extensions": EXTENSIONS},
    "defaultInputModes": ["text/plain", "application/json"], "defaultOutputModes": ["text/plain", "application/json"],
    "skills": [{"id": "echo", "name": "echo", "description": "The agent 'echo' of a MoFA server.", "tags": ["echo"]}]
  })"));
}

TEST_CASE("a card of 1.0 shows what the definition tells, and the keys that the gateway asks for") {
  CHECK(card(rich(), card_form::v1, true) == golden(R"({
    "name": "echo", "description": "Says it again.", "version": "3",
    "supportedInterfaces": [
      {"url": BASE, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"},
      {"url": BASE, "protocolBinding": "HTTP+JSON", "protocolVersion": "1.0"},
      {"url": BASE, "protocolBinding": "JSONRPC", "protocolVersion": "0.3"},
      {"url": BASE, "protocolBinding": "HTTP+JSON", "protocolVersion": "0.3"}],
    "capabilities": {"streaming": true, "pushNotifications": true, "extensions": EXTENSIONS, "extendedAgentCard": true},
    "defaultInputModes": ["text/plain"], "defaultOutputModes": ["text/plain", "image/png"],
    "skills": [
      {"id": "repeat", "name": "Repeat", "description": "Repeats a text", "tags": ["text"], "examples": ["say hi"],
       "inputModes": ["text/plain"], "outputModes": ["text/html"]},
      {"id": "count", "name": "count", "description": "count", "tags": ["count"]}],
    "documentationUrl": "https://example.org/echo", "iconUrl": "https://example.org/echo.png",
    "provider": {"organization": "Example", "url": "https://example.org"},
    "securitySchemes": {
      "bearer": {"httpAuthSecurityScheme": {"description": "A key of this server as bearer token", "scheme": "Bearer"}},
      "apiKey": {"apiKeySecurityScheme": {"description": "A key of this server in a header of its own",
                                          "location": "header", "name": "X-API-Key"}}},
    "securityRequirements": [{"schemes": {"bearer": {"list": ["tasks:read", "tasks:write"]}}},
                             {"schemes": {"apiKey": {"list": ["tasks:read", "tasks:write"]}}}]
  })"));
}

TEST_CASE("a card of 0.3 has its members, and no others") {
  CHECK(card(rich(), card_form::v0_3, true) == golden(R"({
    "name": "echo", "description": "Says it again.", "version": "3", "protocolVersion": "0.3.0",
    "url": BASE, "preferredTransport": "JSONRPC",
    "additionalInterfaces": [{"url": BASE, "transport": "JSONRPC"}, {"url": BASE, "transport": "HTTP+JSON"}],
    "capabilities": {"streaming": true, "pushNotifications": true, "extensions": EXTENSIONS},
    "supportsAuthenticatedExtendedCard": true,
    "defaultInputModes": ["text/plain"], "defaultOutputModes": ["text/plain", "image/png"],
    "skills": [
      {"id": "repeat", "name": "Repeat", "description": "Repeats a text", "tags": ["text"], "examples": ["say hi"],
       "inputModes": ["text/plain"], "outputModes": ["text/html"]},
      {"id": "count", "name": "count", "description": "count", "tags": ["count"]}],
    "documentationUrl": "https://example.org/echo", "iconUrl": "https://example.org/echo.png",
    "provider": {"organization": "Example", "url": "https://example.org"},
    "securitySchemes": {
      "bearer": {"type": "http", "scheme": "bearer", "description": "A key of this server as bearer token"},
      "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key",
                 "description": "A key of this server in a header of its own"}},
    "security": [{"bearer": ["tasks:read", "tasks:write"]}, {"apiKey": ["tasks:read", "tasks:write"]}]
  })"));
}

TEST_CASE("over HTTP+JSON of 0.3 the security schemes are those of ProtoJSON") {
  const auto usual = card(rich(), card_form::v0_3, true);
  const auto rest = card(rich(), card_form::v0_3_rest, true);
  const auto newest = card(rich(), card_form::v1, true);
  CHECK(rest["securitySchemes"] == newest["securitySchemes"]);
  CHECK(rest["security"] == newest["securityRequirements"]);
  auto same = usual;
  same["securitySchemes"] = rest["securitySchemes"];
  same["security"] = rest["security"];
  CHECK(rest == same);
}

TEST_CASE("a hybrid card has every member of both versions") {
  for (const bool with_keys : {false, true}) {
    const auto both = card(rich(), card_form::hybrid, with_keys);
    const auto newest = card(rich(), card_form::v1, with_keys);
    const auto older = card(rich(), card_form::v0_3, with_keys);
    // What one of them says is left as it is when it is laid over the whole.
    for (const auto& one : {newest, older}) {
      auto merged = both;
      merged.merge_patch(one);
      CHECK(merged == both);
    }
    for (const auto& member : both.items()) CHECK((newest.contains(member.key()) || older.contains(member.key())));
    // Clients of 0.3 take schemes with a type for theirs.
    if (with_keys)
      for (const auto& scheme : both["securitySchemes"]) CHECK(scheme.contains("type"));
  }
}

TEST_CASE("the extended card has another description, and more skills") {
  const auto got = card(rich(), card_form::v1, true, true);
  CHECK(got["description"] == "Says it again, twice.");
  REQUIRE(got["skills"].size() == 3);
  CHECK(got["skills"][0]["id"] == "repeat");
  CHECK(got["skills"][1]["description"] == "Counts");
  CHECK(got["skills"][2]["id"] == "twice");
  auto of = rich();
  of.shown.extended->description.clear();
  CHECK(card(of, card_form::v1, true, true)["description"] == "Says it again.");
  // Without an extended card there is nothing more to show.
  CHECK(card(plain(), card_form::v1, true, true) == card(plain(), card_form::v1, true));
}

TEST_CASE("nothing in a card is empty") {
  recording keeps;
  for (const auto& of : {plain(), rich()})
    for (const auto form : {card_form::v1, card_form::hybrid, card_form::v0_3, card_form::v0_3_rest})
      for (const bool with_keys : {false, true})
        for (const bool extended : {false, true}) CHECK_FALSE(has_empty(card(of, form, with_keys, extended, &keeps.signer)));
}

TEST_CASE("a signature is a detached JWS over the canonical card without its signatures") {
  recording keeps;
  for (const auto form : {card_form::v1, card_form::v0_3, card_form::v0_3_rest}) {
    keeps.inputs.clear();
    const auto got = card(rich(), form, true, false, &keeps.signer);
    REQUIRE(got["signatures"].size() == 1);
    CHECK(got["signatures"][0]["protected"] == a2a::base64url(R"({"alg":"EdDSA","kid":"k1","typ":"JOSE"})"));
    CHECK(got["signatures"][0]["signature"] == a2a::base64url("signature 1"));
    REQUIRE(keeps.inputs.size() == 1);
    CHECK(keeps.inputs[0] == signing_input(got, 0));
    auto bare = got;
    bare.erase("signatures");
    CHECK(bare == card(rich(), form, true));
  }
}

TEST_CASE("a hybrid card is signed for readers of 1.0 and as a whole") {
  recording keeps;
  const auto got = card(rich(), card_form::hybrid, true, false, &keeps.signer);
  REQUIRE(got["signatures"].size() == 2);
  REQUIRE(keeps.inputs.size() == 2);
  auto newest = card(rich(), card_form::v1, true);
  newest["signatures"] = got["signatures"];
  CHECK(keeps.inputs[0] == signing_input(newest, 0));
  CHECK(keeps.inputs[1] == signing_input(got, 1));
}

TEST_CASE("a card that cannot be signed is not shown") {
  const a2a::card_signer broken{"ES256", "1", [](std::string_view) -> result<std::string> {
                                  return error{errc::internal, "no entropy"};
                                }};
  for (const auto form : {card_form::v1, card_form::hybrid}) {
    const auto got = card_text(plain(), {base, false}, form, false, &broken);
    REQUIRE_FALSE(got);
    CHECK(got.error().detail == "no entropy");
  }
}

TEST_CASE("whoever remembers says the same again, for as many inputs as there is room for") {
  int signed_times = 0;
  const auto signer = a2a::remembering(
      {"ES256", "1", [&](std::string_view) -> result<std::string> { return std::to_string(++signed_times); }}, 2);
  CHECK(signer.algorithm == "ES256");
  CHECK(*signer.sign("a") == "1");
  CHECK(*signer.sign("b") == "2");
  CHECK(*signer.sign("a") == "1");
  CHECK(*signer.sign("c") == "3");  // a is forgotten
  CHECK(*signer.sign("b") == "2");
  CHECK(*signer.sign("a") == "4");
}

TEST_CASE("what could not be signed is tried again") {
  bool works = false;
  const auto signer = a2a::remembering({"ES256", "1", [&](std::string_view) -> result<std::string> {
                                          if (!works) return error{errc::internal, "not yet"};
                                          return std::string{"done"};
                                        }});
  CHECK_FALSE(signer.sign("a").has_value());
  works = true;
  CHECK(*signer.sign("a") == "done");
}
