#include "protocols/a2a/card_routes.hpp"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using core::json;
using rest::testing::header_of;

namespace {

/// Agents by name, in pages of one.
class named_agents final : public rest::testing::fake_agents {
 public:
  std::map<std::string, std::shared_ptr<core::definition>> all;
  time_point made_at = *parse_rfc3339("2026-01-31T09:00:00.123Z");
  bool has_versions = true;

  core::definition& add(const std::string& name, std::optional<bool> is_public = {}) {
    auto& made = all[name] = std::make_shared<core::definition>();
    made->name = name;
    made->version = 7;
    made->shown.is_public = is_public;
    return *made;
  }
  void list(core::agent_filter, core::page_request page, core::completion<core::page<core::agent_info>> done) override {
    if (failure) return done(*failure);
    const auto at = all.upper_bound(page.cursor);
    core::page<core::agent_info> out;
    if (at != all.end()) {
      out.items.push_back({.definition = at->second, .source = {}, .error = {}});
      if (std::next(at) != all.end()) out.next_cursor = at->first;
    }
    done(std::move(out));
  }
  void get(std::string name, core::completion<core::agent_info> done) override {
    if (failure) return done(*failure);
    const auto found = all.find(name);
    if (found == all.end()) return done(error{errc::not_found, "no agent '" + name + "'; did you mean 'secret'?"});
    done(core::agent_info{.definition = found->second, .source = {}, .error = {}});
  }
  void versions(std::string, core::completion<std::vector<core::agent_version>> done) override {
    if (!has_versions) return done(error{errc::unavailable, "restarting"});
    done(std::vector<core::agent_version>{{.version = 6, .created_at = made_at - milliseconds{1}, .hash = ""},
                                          {.version = 7, .created_at = made_at, .hash = ""}});
  }
};

const core::caller local{"default", "local", static_cast<unsigned>(core::scope::admin)};
const core::caller anonymous{"default", "anonymous", 0};
const core::caller reader{"acme", "ci", static_cast<unsigned>(core::scope::agents_read)};

struct ask {
  std::string pattern;
  std::string agent{};
  http::header_list headers{};
  std::string query{};
  std::string tenant{};
};

struct harness {
  named_agents agents;
  a2a::card_options options;
  bool with_keys = false;
  time_point started = *parse_rfc3339("2026-01-31T09:00:00.456Z");
  time_point changed{};
  time_point now = *parse_rfc3339("2026-03-01T00:00:00Z");
  core::caller who = local;

  harness() {
    options.default_agent = "echo";
    options.server = [this] { return a2a::server_view{with_keys, started, changed, now}; };
    agents.add("echo").description = "Says it again.";
  }

  http::route_table table() {
    http::route_table out;
    a2a::add_card_routes(out, options, agents);
    return out;
  }

  http::response operator()(ask what) {
    for (auto& each : table()) {
      if (each.pattern != what.pattern) continue;
      http::request from;
      from.method = "GET";
      from.headers = std::move(what.headers);
      if (!from.header("host")) from.headers.emplace_back("host", "127.0.0.1:8080");
      from.query = std::move(what.query);
      if (!what.agent.empty()) from.parameters.emplace_back("agent", what.agent);
      if (!what.tenant.empty()) from.parameters.emplace_back("tenant", what.tenant);
      from.caller = who;
      std::optional<http::response> got;
      each.handle(std::move(from), [&](http::response answer) { got = std::move(answer); });
      REQUIRE(got);
      return *std::move(got);
    }
    FAIL("no route " << what.pattern);
    return {};
  }

  json card(ask what) {
    const auto got = (*this)(std::move(what));
    REQUIRE(got.status == 200);
    CHECK(got.content_type == "application/json");
    return json::parse(got.body);
  }
};

const std::string well_known = "/a2a/{agent}/.well-known/agent-card.json";

/// No two signatures are the same.
a2a::card_signer random_signer(int& times) {
  return {"ES256", "1", [&times](std::string_view) -> result<std::string> { return "random " + std::to_string(++times); }};
}

std::string reason_of(const http::response& from) {
  const auto body = json::parse(from.body);
  return body["error"]["details"][0]["reason"].get<std::string>();
}

}  // namespace

TEST_CASE("an agent's card is the same wherever it is read") {
  harness call;
  const auto got = call({well_known, "echo"});
  REQUIRE(got.status == 200);
  CHECK(json::parse(got.body)["supportedInterfaces"][0]["url"] == "http://127.0.0.1:8080/a2a/echo");
  for (const auto& other : {ask{"/a2a/{agent}/.well-known/agent.json", "echo"}, ask{"/.well-known/agent-card.json"},
                            ask{"/.well-known/agent.json"}}) {
    const auto same = call(other);
    CHECK(same.body == got.body);
    CHECK(same.headers == got.headers);
  }
}

TEST_CASE("without a default agent there is nothing at the origin") {
  harness call;
  call.options.default_agent.clear();
  for (const auto& each : call.table()) CHECK(each.pattern.starts_with("/a2a"));
  CHECK(call.table().size() == 6);
}

TEST_CASE("URLs begin with the public one, else with the host that was called") {
  harness call;
  CHECK(call.card({well_known, "echo", {{"host", "agents.example.org"}}})["supportedInterfaces"][0]["url"] ==
        "http://agents.example.org/a2a/echo");
  for (const std::string host : {"", "a b", "evil.example/x", "\"", "a@b"}) {
    CAPTURE(host);
    const auto got = call({well_known, "echo", {{"host", host}}});
    CHECK(got.status == 400);
    CHECK(reason_of(got) == "INVALID_PARAMS");
  }
  call.options.public_base_url = "https://agents.example.org/mofa";
  CHECK(call.card({well_known, "echo", {{"host", "a b"}}})["supportedInterfaces"][0]["url"] ==
        "https://agents.example.org/mofa/a2a/echo");
}

TEST_CASE("the version that a request names chooses the form of the card") {
  harness call;
  const auto form = [&](http::header_list headers, std::string query = {}) {
    const auto got = call.card({well_known, "echo", std::move(headers), std::move(query)});
    REQUIRE(got.contains("supportedInterfaces"));
    return got.contains("url") ? "hybrid" : "v1";
  };
  CHECK(form({{"a2a-version", "1.0"}}) == "v1");
  CHECK(form({{"a2a-version", "0.3"}}) == "hybrid");
  CHECK(form({{"a2a-version", "0.2.6"}}) == "hybrid");
  CHECK(form({}, "A2A-Version=0.3") == "hybrid");
  CHECK(form({}) == "v1");
  CHECK(form({{"a2a-version", "99.0"}}) == "v1");
  call.options.default_form = a2a::card_form::hybrid;
  CHECK(form({}) == "hybrid");
  CHECK(form({{"a2a-version", ""}}) == "hybrid");
  CHECK(form({{"a2a-version", "99.0"}}) == "hybrid");
  CHECK(form({{"a2a-version", "1.0"}}) == "v1");
}

TEST_CASE("a card says how long it may be kept, and is not sent twice") {
  harness call;
  const auto got = call({well_known, "echo"});
  const auto tag = header_of(got, "ETag");
  CHECK(tag.size() == 66);
  CHECK(tag.starts_with('"'));
  CHECK(header_of(got, "Cache-Control") == "public, max-age=60");
  CHECK(header_of(got, "Vary") == "A2A-Version");
  CHECK(header_of(got, "Last-Modified") == "Sat, 31 Jan 2026 09:00:00 GMT");
  for (const auto& known : {tag, "W/" + tag, "\"other\", " + tag, std::string{"*"}}) {
    CAPTURE(known);
    const auto again = call({well_known, "echo", {{"if-none-match", known}}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.content_type.empty());
    CHECK(again.headers == got.headers);
  }
  CHECK(call({well_known, "echo", {{"if-none-match", "\"other\""}}}).status == 200);
  CHECK(call({well_known, "echo", {{"if-none-match", tag}, {"a2a-version", "0.3"}}}).status == 200);
  const std::string date = "Sat, 31 Jan 2026 09:00:00 GMT";
  CHECK(call({well_known, "echo", {{"if-modified-since", date}}}).status == 304);
  CHECK(call({well_known, "echo", {{"if-modified-since", date}, {"if-none-match", "\"other\""}}}).status == 200);
  for (const std::string later : {"Sun, 01 Feb 2026 00:00:00 GMT", "Sunday, 01-Feb-26 00:00:00 GMT"})
    CHECK(call({well_known, "echo", {{"if-modified-since", later}}}).status == 304);
  for (const std::string other : {"Sat, 31 Jan 2026 08:59:59 GMT", "yesterday", "Sat, 31 Jan 2026"})
    CHECK(call({well_known, "echo", {{"if-modified-since", other}}}).status == 200);
  call.agents.add("echo").description = "Says something else.";
  CHECK(call({well_known, "echo", {{"if-none-match", tag}}}).status == 200);
}

TEST_CASE("a card is as old as what changed last: the agent, the server, or whether it asks for keys") {
  harness call;
  const auto modified = [&] { return header_of(call({well_known, "echo"}), "Last-Modified"); };
  call.agents.made_at = *parse_rfc3339("2026-02-01T10:00:00.001Z");
  CHECK(modified() == "Sun, 01 Feb 2026 10:00:01 GMT");
  call.changed = *parse_rfc3339("2026-02-02T10:00:00.999Z");
  CHECK(modified() == "Mon, 02 Feb 2026 10:00:01 GMT");
  call.started = *parse_rfc3339("2026-02-28T23:59:59.999Z");
  CHECK(modified() == "Sat, 28 Feb 2026 23:59:59 GMT");
  call.agents.has_versions = false;
  CHECK(modified().empty());
  CHECK(call({well_known, "echo", {{"if-modified-since", "Sun, 01 Mar 2026 00:00:00 GMT"}}}).status == 200);
}

TEST_CASE("whoever has a card by its date alone is sent the one that has come since, also within one second") {
  harness call;
  call.agents.add("open", true);
  const auto date_at = [&](const std::string& time) {
    call.now = *parse_rfc3339("2026-02-01T10:00:" + time + "Z");
    return header_of(call({well_known, "open"}), "Last-Modified");
  };
  const auto has = [&](const std::string& date) {
    return call({well_known, "open", {{"if-modified-since", date}}}).status == 304;
  };
  call.agents.made_at = *parse_rfc3339("2026-02-01T10:00:00.200Z");
  const auto first = date_at("00.300");
  CHECK(first == "Sun, 01 Feb 2026 10:00:00 GMT");  // not later than the answer
  call.agents.made_at = *parse_rfc3339("2026-02-01T10:00:00.400Z");
  CHECK_FALSE(has(first));
  const auto second = date_at("01.100");
  CHECK(second == "Sun, 01 Feb 2026 10:00:01 GMT");
  CHECK(has(second));
  call.with_keys = true;
  call.changed = *parse_rfc3339("2026-02-01T10:00:01.200Z");
  CHECK_FALSE(has(second));
  const auto third = date_at("01.300");
  CHECK_FALSE(has(third));
  CHECK(has(date_at("05.000")));
}

TEST_CASE("where keys are asked for only public agents show their card to everybody") {
  harness call;
  call.with_keys = true;
  call.agents.add("open", true);
  call.agents.add("hidden", false);
  call.who = anonymous;
  CHECK(call.card({well_known, "open"}).contains("securitySchemes"));
  const auto hidden = call({well_known, "hidden"});
  CHECK(hidden.status == 404);
  CHECK(call({well_known, "echo"}).status == 404);
  // Nothing tells an agent that is not shown from one that is not there, nor are near names told.
  auto missing = call({well_known, "nobody"}).body;
  missing.replace(missing.find("nobody"), 6, "hidden");
  CHECK(missing == hidden.body);
  call.who = reader;
  const auto shown = call({well_known, "hidden"});
  CHECK(shown.status == 200);
  CHECK(header_of(shown, "Cache-Control") == "private, max-age=60");
  CHECK(header_of(call({well_known, "open"}), "Cache-Control") == "public, max-age=60");
  CHECK(call({well_known, "nobody"}).body.find("did you mean") != std::string::npos);
}

TEST_CASE("without keys every agent is public that does not say otherwise") {
  harness call;
  call.agents.add("hidden", false);
  call.agents.add("open", true);
  const auto got = call.card({"/a2a"});
  REQUIRE(got["agents"].size() == 2);
  CHECK(got["agents"][0]["name"] == "echo");
  CHECK(got["agents"][1]["name"] == "open");
  CHECK_FALSE(got["agents"][0].contains("securitySchemes"));
  CHECK(call.card({well_known, "hidden"})["name"] == "hidden");
}

TEST_CASE("the catalogue has the public cards in the form that is asked for") {
  harness call;
  call.with_keys = true;
  call.who = anonymous;
  CHECK(call.card({"/a2a"})["agents"] == json::array());
  call.agents.add("open", true);
  const auto got = call({"/a2a", "", {{"a2a-version", "0.3"}}});
  CHECK(json::parse(got.body)["agents"][0] == call.card({well_known, "open", {{"a2a-version", "0.3"}}}));
  CHECK(header_of(got, "Cache-Control") == "public, max-age=60");
  CHECK(call({"/a2a", "", {{"a2a-version", "0.3"}, {"if-none-match", header_of(got, "ETag")}}}).status == 304);
  CHECK(call({"/a2a", "", {{"host", "a b"}}}).status == 400);
  call.agents.failure = error{errc::unavailable, "restarting"};
  CHECK(call({"/a2a"}).status == 503);
}

TEST_CASE("the extended card is for callers with a key") {
  harness call;
  call.agents.add("echo").shown.extended = core::extended_exposure{"More of it.", {}};
  for (const auto& each : call.table()) {
    CAPTURE(each.pattern);
    const bool extended = each.pattern.ends_with("/extendedAgentCard") || each.pattern.ends_with("/v1/card");
    CHECK(each.scope == (extended ? std::optional{core::scope::agents_read} : std::nullopt));
    const auto refused = each.refuse(error{errc::unauthenticated, "no key"});
    CHECK(refused.status == 401);
    CHECK(json::parse(refused.body).contains("error") == !each.pattern.ends_with("/v1/card"));
  }
  call.with_keys = true;
  call.who = reader;
  const auto got = call({"/a2a/{agent}/extendedAgentCard", "echo"});
  CHECK(got.status == 200);
  CHECK(header_of(got, "Cache-Control") == "private, max-age=60");
  CHECK(json::parse(got.body)["description"] == "More of it.");
  CHECK(call({"/extendedAgentCard"}).body == got.body);
  CHECK(call({"/a2a/{agent}/{tenant}/extendedAgentCard", "echo", {{"a2a-version", "1.0"}}, "", "acme"}).body == got.body);
  CHECK(call({"/{tenant}/extendedAgentCard", "", {}, "", "acme"}).body == got.body);
  const auto other = call({"/{tenant}/extendedAgentCard", "", {}, "", "other"});
  CHECK(other.status == 400);
  CHECK(reason_of(other) == "INVALID_PARAMS");
}

TEST_CASE("the extended card of 1.0 is not for another version") {
  harness call;
  call.agents.add("echo").shown.extended.emplace();
  for (const std::string version : {"0.3", "99.0"}) {
    const auto got = call({"/a2a/{agent}/extendedAgentCard", "echo", {{"a2a-version", version}}});
    CHECK(got.status == 400);
    CHECK(reason_of(got) == "VERSION_NOT_SUPPORTED");
  }
}

TEST_CASE("the extended card of 0.3 is its own, whatever the header says") {
  harness call;
  call.with_keys = true;
  call.who = reader;
  call.agents.add("echo").shown.extended.emplace();
  for (const std::string version : {"0.3", "1.0", "99.0"}) {
    const auto got = call.card({"/a2a/{agent}/v1/card", "echo", {{"a2a-version", version}}});
    CHECK(got["protocolVersion"] == "0.3.0");
    CHECK_FALSE(got.contains("supportedInterfaces"));
    CHECK(got["securitySchemes"]["bearer"].contains("httpAuthSecurityScheme"));
  }
  CHECK(call.card({"/v1/card"})["name"] == "echo");
}

TEST_CASE("an agent without an extended card says so") {
  harness call;
  const auto got = call({"/a2a/{agent}/extendedAgentCard", "echo"});
  CHECK(got.status == 400);
  CHECK(reason_of(got) == "UNSUPPORTED_OPERATION");
  const auto older = call({"/a2a/{agent}/v1/card", "echo"});
  CHECK(older.status == 400);
  CHECK(json::parse(older.body)["code"] == -32004);
  CHECK(call({"/a2a/{agent}/extendedAgentCard", "nobody"}).status == 404);
}

TEST_CASE("the extended card for JSON-RPC is that of its version") {
  harness call;
  call.with_keys = true;
  call.agents.add("echo").shown.extended = core::extended_exposure{"More of it.", {}};
  call.agents.add("plain");
  const auto got = [&](std::string agent, std::string_view host, a2a::version as) {
    std::optional<result<std::string>> out;
    a2a::extended_card(call.options, call.agents, std::move(agent), host, as,
                       [&](result<std::string> text) { out = std::move(text); });
    REQUIRE(out);
    return *std::move(out);
  };
  const auto newest = got("echo", "h", a2a::version::v1_0);
  REQUIRE(newest);
  CHECK(json::parse(*newest)["description"] == "More of it.");
  CHECK(json::parse(*newest)["supportedInterfaces"][0]["url"] == "http://h/a2a/echo");
  const auto older = got("echo", "h", a2a::version::v0_3);
  REQUIRE(older);
  CHECK(json::parse(*older)["securitySchemes"]["bearer"]["type"] == "http");
  CHECK(got("plain", "h", a2a::version::v1_0).error().code == errc::unsupported);
  CHECK(got("nobody", "h", a2a::version::v1_0).error().code == errc::not_found);
  CHECK(got("echo", "", a2a::version::v1_0).error().code == errc::invalid);
}

TEST_CASE("a signed card keeps its ETag, whatever others ask for") {
  harness call;
  int times = 0;
  const auto signer = a2a::remembering(random_signer(times), 2);
  call.options.signer = &signer;
  call.options.public_base_url = "https://agents.example.org";
  const auto got = call({well_known, "echo"});
  CHECK(json::parse(got.body)["signatures"].size() == 1);
  for (int i = 0; i < 5; ++i)
    for (const std::string version : {"1.0", "0.3", "99.0"})
      call({well_known, "echo", {{"host", "h" + std::to_string(i)}, {"a2a-version", version}}});
  CHECK(call({well_known, "echo", {{"if-none-match", header_of(got, "ETag")}}}).status == 304);
  CHECK(times == 2);
  const a2a::card_signer broken{"ES256", "1", [](std::string_view) -> result<std::string> {
                                  return error{errc::internal, "no luck"};
                                }};
  call.options.signer = &broken;
  CHECK(call({well_known, "echo"}).status == 500);
  CHECK(call({"/a2a"}).status == 500);
}

TEST_CASE("nobody chooses what is signed: without a public base URL no card is") {
  harness call;
  int times = 0;
  const auto signer = random_signer(times);
  call.options.signer = &signer;
  call.agents.add("echo").shown.extended.emplace();
  const auto each_card = [&](const http::header_list& headers) {
    const auto listed = call.card({"/a2a", "", headers});
    std::vector<json> out{call.card({well_known, "echo", headers}), listed["agents"][0],
                          call.card({"/a2a/{agent}/extendedAgentCard", "echo", headers}),
                          call.card({"/a2a/{agent}/v1/card", "echo", headers})};
    a2a::extended_card(call.options, call.agents, "echo", "evil.example", a2a::version::v1_0,
                       [&](result<std::string> text) { out.push_back(json::parse(*text)); });
    return out;
  };
  for (const auto& each : each_card({{"host", "evil.example"}})) CHECK_FALSE(each.contains("signatures"));
  CHECK(times == 0);
  call.options.public_base_url = "https://agents.example.org";
  for (const auto& each : each_card({{"host", "evil.example"}})) {
    CHECK(each["signatures"].size() == 1);
    CHECK(each.dump().find("evil") == std::string::npos);
  }
}

TEST_CASE("a catalogue of many agents keeps its ETag, though no two signatures are the same") {
  harness call;
  int times = 0;
  const auto signer = a2a::remembering(random_signer(times));
  call.options.signer = &signer;
  call.options.public_base_url = "https://agents.example.org";
  for (int i = 0; i < 600; ++i) call.agents.add("agent" + std::to_string(i));
  const auto tag = header_of(call({"/a2a"}), "ETag");
  CHECK(times == 601);
  CHECK(call({"/a2a", "", {{"if-none-match", tag}}}).status == 304);
  CHECK(times == 601);
}
