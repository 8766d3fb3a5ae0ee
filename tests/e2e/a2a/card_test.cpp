// Agent cards: where they are, what they say, how they are cached, and the catalogue.
#include "tests/e2e/a2a/world.hpp"

#include <algorithm>
#include <set>

namespace mofa::test::a2a {
namespace {

const header_pairs v1{{"A2A-Version", "1.0"}};
const header_pairs v03{{"A2A-Version", "0.3"}};

// The names of the place where a client called.
header_pairs called_at(std::uint16_t port) {
  return {{"A2A-Version", "1.0"}, {"Host", "127.0.0.1:" + std::to_string(port)}};
}

std::string place_of(const std::string& agent) {
  return (agent.empty() ? "" : "/a2a/" + agent) + "/.well-known/agent-card.json";
}

void check_card_of_v1(const json& card) {
  static const std::set<std::string> known{"name",
                                           "description",
                                           "supportedInterfaces",
                                           "provider",
                                           "version",
                                           "documentationUrl",
                                           "capabilities",
                                           "securitySchemes",
                                           "securityRequirements",
                                           "defaultInputModes",
                                           "defaultOutputModes",
                                           "skills",
                                           "signatures",
                                           "iconUrl"};
  for (const auto& [name, value] : card.items()) {
    CHECK_MESSAGE(known.contains(name), name);
    CHECK_MESSAGE(!(value.is_structured() && value.empty() && name != "capabilities"), name);
    CHECK_MESSAGE(value != json(""), name);
  }
  for (const auto* member : {"name", "description", "version", "supportedInterfaces", "capabilities", "defaultInputModes",
                             "defaultOutputModes", "skills"})
    CHECK_MESSAGE(card.contains(member), member);
  for (const auto& each : card.at("skills")) {
    for (const auto* member : {"id", "name", "description"}) CHECK(!each.at(member).get<std::string>().empty());
    CHECK(each.at("tags").is_array());
  }
}

TEST_CASE_FIXTURE(with_a2a, "a card of 1.0 has all that it must have and nothing else, at both of its places") {
  for (const std::string agent : {"", "a2a_player", "a2a_clerk", "assistant", "echo"}) {
    CAPTURE(agent);
    const auto got = with.get(place_of(agent), v1);
    REQUIRE_MESSAGE(got.status == 200, got.body);
    check_card_of_v1(body_of(got));
    const auto base = agent.empty() ? std::string{} : "/a2a/" + agent;
    CHECK(body_of(with.get(base + "/.well-known/agent.json", v1)) == body_of(got));
  }
  CHECK(with.get("/a2a/nobody_at_all/.well-known/agent-card.json", v1).status == 404);
}

// What is left out is not there at all, neither empty nor null.
void check_nothing_empty(const json& in) {
  for (const auto& [name, value] : in.items()) {
    CHECK_MESSAGE(!value.is_null(), name);
    CHECK_MESSAGE(value != json(""), name);
    if (!value.is_structured()) continue;
    CHECK_MESSAGE((!value.empty() || name == "capabilities"), name);
    check_nothing_empty(value);
  }
}

TEST_CASE_FIXTURE(with_a2a, "a card of 0.3 has all that it must have and nothing empty, at both of its places") {
  for (const std::string agent : {"", "a2a_player", "a2a_clerk", "assistant", "echo"}) {
    CAPTURE(agent);
    const auto got = with.get(place_of(agent), v03);
    REQUIRE_MESSAGE(got.status == 200, got.body);
    const auto card = body_of(got);
    check_nothing_empty(card);
    for (const auto* member : {"protocolVersion", "name", "description", "url", "preferredTransport", "version"})
      CHECK_MESSAGE(!card.at(member).get<std::string>().empty(), member);
    for (const auto* member : {"defaultInputModes", "defaultOutputModes", "skills"})
      CHECK_MESSAGE(card.at(member).is_array(), member);
    CHECK(card.at("capabilities").is_object());
    REQUIRE(!card.at("skills").empty());
    for (const auto& each : card.at("skills")) {
      for (const auto* member : {"id", "name", "description"}) CHECK(!each.at(member).get<std::string>().empty());
      CHECK(each.at("tags").is_array());
    }
    const auto base = agent.empty() ? std::string{} : "/a2a/" + agent;
    CHECK(body_of(with.get(base + "/.well-known/agent.json", v03)) == card);
  }
  CHECK(with.get("/a2a/nobody_at_all/.well-known/agent-card.json", v03).status == 404);
}

// The capability in the words of each version.
bool says_extended(const json& card, const header_pairs& version) {
  if (version == v1) return card.at("capabilities").value("extendedAgentCard", false);
  return card.value("supportsAuthenticatedExtendedCard", false);
}

TEST_CASE_FIXTURE(with_a2a, "a card says what the definition says") {
  for (const auto& version : {v1, v03}) {
    const auto card = body_of(with.get(place_of("a2a_clerk"), version));
    CHECK(!card.at("version").get<std::string>().empty());
    CHECK(card.at("name") == "a2a_clerk");
    CHECK(card.at("description") == "Takes plain text only and answers with JSON");
    CHECK(card.at("defaultInputModes") == json::array({"text/plain"}));
    CHECK(card.at("defaultOutputModes") == json::array({"application/json"}));
    CHECK(card.at("documentationUrl") == "https://example.org/clerk");
    CHECK(card.at("iconUrl") == "https://example.org/clerk.png");
    CHECK(card.at("provider") == json{{"organization", "Example"}, {"url", "https://example.org"}});
    REQUIRE(card.at("skills").size() == 1);
    const auto& skill = card.at("skills").at(0);
    CHECK(skill.at("id") == "file");
    CHECK(skill.at("tags") == json::array({"notes"}));
    CHECK(skill.at("examples") == json::array({"note this"}));
    CHECK(skill.at("inputModes") == json::array({"text/plain"}));
    CHECK(skill.at("outputModes") == json::array({"application/json"}));
    CHECK(card.at("capabilities").at("streaming") == true);
    CHECK(card.at("capabilities").at("pushNotifications") == true);
    CHECK(says_extended(card, version));
    CHECK_FALSE(says_extended(body_of(with.get(place_of("a2a_player"), version)), version));
    CHECK(card.dump().find("secret") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(with_a2a, "the interfaces of a card of 0.3 share a URL, and each answers there in its own way") {
  for (const std::string agent : {"", "a2a_player"}) {
    auto headers = called_at(server.port());
    headers.front().second = "0.3";
    const auto card = body_of(with.get(place_of(agent), headers));
    std::set<std::string> transports, urls;
    for (const auto& each : card.at("additionalInterfaces")) {
      transports.insert(each.at("transport").get<std::string>());
      urls.insert(each.at("url").get<std::string>());
    }
    CHECK(transports == std::set<std::string>{"JSONRPC", "HTTP+JSON"});
    CHECK(urls == std::set<std::string>{card.at("url").get<std::string>()});
    const auto origin = "http://127.0.0.1:" + std::to_string(server.port());
    REQUIRE_MESSAGE(urls.begin()->starts_with(origin), *urls.begin());
    const auto path = urls.begin()->substr(origin.size());
    // A call of JSON-RPC is a POST to the URL itself, and every path of REST is below it: they never meet.
    const auto rpc = with.post(path.empty() ? "/" : path, rpc_body("tasks/get", {{"id", "x"}}), rpc_headers(""));
    CHECK_MESSAGE(body_of(rpc).at("error").at("code") == -32001, rpc.body);
    const auto rest = with.get((path == "/" ? "" : path) + "/v1/tasks/x");
    CHECK_MESSAGE(rest.status == 404, rest.body);
    CHECK_MESSAGE(body_of(rest).at("code") == -32001, rest.body);
  }
}

TEST_CASE_FIXTURE(with_a2a, "the interfaces of a card are all that there are, 1.0 first, and each answers at its URL") {
  for (const std::string agent : {"", "a2a_player"}) {
    const auto card = body_of(with.get(place_of(agent), called_at(server.port())));
    std::vector<std::string> versions;
    std::set<std::string> kinds;
    for (const auto& each : card.at("supportedInterfaces")) {
      const auto version = each.at("protocolVersion").get<std::string>();
      const auto binding = each.at("protocolBinding").get<std::string>();
      versions.push_back(version);
      kinds.insert(version + " " + binding);
      const auto url = each.at("url").get<std::string>();
      REQUIRE_MESSAGE(url.starts_with("http://127.0.0.1:" + std::to_string(server.port())), url);
      const auto path = url.substr(url.find('/', 8));
      const auto got =
          binding == "JSONRPC"
              ? with.post(path, rpc_body(version == "1.0" ? "GetTask" : "tasks/get", {{"id", "x"}}), rpc_headers(version))
              : with.get((path == "/" ? "" : path) + (version == "1.0" ? "/tasks/x" : "/v1/tasks/x"), rest_headers(version));
      CHECK_MESSAGE(got.body.find(binding == "JSONRPC" ? "-32001" : "code") != std::string::npos, url, " ", got.body);
      CHECK_FALSE(each.contains("tenant"));
    }
    CHECK(kinds == std::set<std::string>{"1.0 JSONRPC", "1.0 HTTP+JSON", "0.3 JSONRPC", "0.3 HTTP+JSON"});
    CHECK(std::is_sorted(versions.rbegin(), versions.rend()));
  }
}

TEST_CASE_FIXTURE(with_a2a, "a request of 0.3 gets the card of both versions, one of 1.0 the card of 1.0 alone") {
  const auto both = body_of(with.get(place_of("a2a_player"), v03));
  for (const auto* member : {"url", "preferredTransport", "protocolVersion", "additionalInterfaces", "supportedInterfaces"})
    CHECK_MESSAGE(both.contains(member), member);
  CHECK(both.at("protocolVersion").get<std::string>().starts_with("0.3"));
  const auto& others = both.at("additionalInterfaces");
  const auto declared = [&](const json& url, const json& transport) {
    return std::any_of(others.begin(), others.end(),
                       [&](const json& each) { return each.at("url") == url && each.at("transport") == transport; });
  };
  CHECK(declared(both.at("url"), both.at("preferredTransport")));
  CHECK(both.at("capabilities").at("streaming") == true);
  const auto alone = body_of(with.get(place_of("a2a_player"), v1));
  CHECK_FALSE(alone.contains("url"));
  CHECK_FALSE(alone.contains("protocolVersion"));
  CHECK(body_of(with.get(place_of("a2a_player") + "?A2A-Version=1.0")) == alone);
}

TEST_CASE_FIXTURE(with_a2a, "a client that names no version gets a card that 0.3 and 1.0 read") {
  for (const auto* file : {"agent-card.json", "agent.json"}) {
    const auto card = body_of(with.get(std::string{"/.well-known/"} + file));
    CHECK(card.at("protocolVersion").get<std::string>().starts_with("0.3"));
    CHECK(card.at("supportedInterfaces").at(0).at("protocolVersion") == "1.0");
  }
}

TEST_CASE("which card a request without a version gets is a setting") {
  for (const std::string kind : {"v1", "hybrid"}) {
    test_server server{plan_of("a2a: {card: {default: " + kind + "}}\n")};
    REQUIRE_MESSAGE(server.start(), server.errors());
    conversation with{server.port()};
    CHECK(body_of(with.get(place_of("a2a_player"))).contains("url") == (kind == "hybrid"));
    CHECK_FALSE(body_of(with.get(place_of("a2a_player"), v1)).contains("url"));
    CHECK(body_of(with.get(place_of("a2a_player"), v03)).contains("url"));
    // Only clients of 0.2 and 0.3 look at the older place.
    CHECK(body_of(with.get("/a2a/a2a_player/.well-known/agent.json")).contains("url"));
    CHECK_FALSE(body_of(with.get("/a2a/a2a_player/.well-known/agent.json", v1)).contains("url"));
  }
}

TEST_CASE_FIXTURE(with_a2a, "a card may be kept: ETag, Cache-Control, Last-Modified, and 304 for who has it") {
  for (const auto& headers : {v1, v03}) {
    const auto got = with.get(place_of("a2a_player"), headers);
    CHECK(got.header("content-type").starts_with("application/json"));
    CHECK(got.header("cache-control").find("max-age=") != std::string::npos);
    CHECK(got.header("vary").find("A2A-Version") != std::string::npos);
    CHECK(!got.header("last-modified").empty());
    const auto tag = got.header("etag");
    REQUIRE(tag.starts_with("\""));
    auto again = headers;
    again.emplace_back("If-None-Match", tag);
    const auto same = with.get(place_of("a2a_player"), again);
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(same.header("etag") == tag);
    again.back().second = "\"another\", " + tag;
    CHECK(with.get(place_of("a2a_player"), again).status == 304);
    again.back().second = "\"another\"";
    CHECK(with.get(place_of("a2a_player"), again).status == 200);
  }
  CHECK(with.get(place_of("a2a_player"), v1).header("etag") != with.get(place_of("a2a_player"), v03).header("etag"));
}

TEST_CASE_FIXTURE(with_a2a, "the card at the origin is the default agent's own") {
  for (const auto& version : {v1, v03}) {
    const auto card = body_of(with.get(place_of(""), version));
    CHECK(card.at("name") == "assistant");
    CHECK(card == body_of(with.get(place_of("assistant"), version)));
  }
}

TEST_CASE_FIXTURE(with_a2a, "the catalogue has the public agents' cards, and not those that are hidden") {
  for (const auto& version : {v1, v03}) {
    const auto got = with.get("/a2a", version);
    REQUIRE_MESSAGE(got.status == 200, got.body);
    std::set<std::string> names;
    const auto listed = body_of(got);
    for (const auto& each : listed.at("agents")) {
      if (version == v1) check_card_of_v1(each);
      CHECK(each.contains("url") == (version == v03));
      names.insert(each.at("name"));
    }
    CHECK(names.contains("a2a_player"));
    CHECK(names.contains("a2a_public"));
    CHECK(names.contains("assistant"));
    CHECK_FALSE(names.contains("a2a_recluse"));
  }
}

TEST_CASE("the URLs of a card begin with the public base URL, where there is one") {
  test_server server{plan_of("a2a: {public_base_url: \"https://agents.example.org/x\", default_agent: a2a_player}\n")};
  REQUIRE_MESSAGE(server.start(), server.errors());
  conversation with{server.port()};
  for (const std::string agent : {"", "a2a_clerk"}) {
    const auto card = body_of(with.get(place_of(agent), v1));
    for (const auto& each : card.at("supportedInterfaces"))
      CHECK_MESSAGE(each.at("url").get<std::string>().starts_with("https://agents.example.org/x"), each.dump());
    const auto old = body_of(with.get(place_of(agent), v03));
    CHECK_MESSAGE(old.at("url").get<std::string>().starts_with("https://agents.example.org/x"), old.dump());
    for (const auto& each : old.at("additionalInterfaces"))
      CHECK_MESSAGE(each.at("url").get<std::string>().starts_with("https://agents.example.org/x"), each.dump());
  }
  CHECK(body_of(with.get(place_of(""), v1)).at("name") == "a2a_player");
}

}  // namespace
}  // namespace mofa::test::a2a
