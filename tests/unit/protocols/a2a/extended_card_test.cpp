// The extended card: who may have it, where it is, in which form.
#include "tests/unit/protocols/a2a/card_harness.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;

TEST_CASE("the extended card is for callers with a key") {
  card_harness call;
  call.agents.add("echo").shown.extended = core::extended_exposure{"More of it.", {}};
  for (const auto& each : call.table()) {
    CAPTURE(each.pattern);
    const bool old = each.pattern.ends_with("/v1/card") || each.pattern.ends_with("/agent/authenticatedExtendedCard");
    const bool extended = old || each.pattern.ends_with("/extendedAgentCard");
    CHECK(each.scope == (extended ? std::optional{core::scope::tasks_read} : std::nullopt));
    const auto refused = each.refuse(error{errc::unauthenticated, "no key"});
    CHECK(refused.status == 401);
    CHECK(json::parse(refused.body).contains("error") == !old);
  }
  call.with_keys = true;
  call.who = user;
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
  card_harness call;
  call.agents.add("echo").shown.extended.emplace();
  for (const std::string version : {"0.3", "99.0"}) {
    const auto got = call({"/a2a/{agent}/extendedAgentCard", "echo", {{"a2a-version", version}}});
    CHECK(got.status == 400);
    CHECK(reason_of(got) == "VERSION_NOT_SUPPORTED");
  }
}

TEST_CASE("the extended card of 0.3 is its own, whatever the header says") {
  card_harness call;
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

TEST_CASE("the extended card of 0.2 is at its own place, in the form of JSON-RPC") {
  card_harness call;
  call.with_keys = true;
  call.who = user;
  call.agents.add("echo").shown.extended = core::extended_exposure{"More of it.", {}};
  const std::string pattern = "/agent/authenticatedExtendedCard";
  for (const std::string version : {"", "0.2.6", "1.0"}) {
    const auto got = call.card({"/a2a/{agent}" + pattern, "echo", {{"a2a-version", version}}});
    CHECK(got["protocolVersion"] == "0.3.0");
    CHECK(got["description"] == "More of it.");
    CHECK(got["securitySchemes"]["bearer"]["type"] == "http");
  }
  CHECK(call.card({pattern})["name"] == "echo");
  const auto none = call({"/a2a/{agent}" + pattern, "nobody"});
  CHECK(none.status == 404);
  CHECK(json::parse(none.body)["code"] == -32600);
}

TEST_CASE("who may call an agent may see its extended card, though not that of an agent that is not public") {
  card_harness call;
  call.with_keys = true;
  call.who = user;
  call.agents.add("secret", false).shown.extended.emplace();
  CHECK(call({well_known, "secret"}).status == 404);
  for (const auto* place : {"/extendedAgentCard", "/v1/card", "/agent/authenticatedExtendedCard"})
    CHECK(call({"/a2a/{agent}" + std::string{place}, "secret"}).status == 200);
}

TEST_CASE("an agent without an extended card says so") {
  card_harness call;
  const auto got = call({"/a2a/{agent}/extendedAgentCard", "echo"});
  CHECK(got.status == 400);
  CHECK(reason_of(got) == "UNSUPPORTED_OPERATION");
  const auto older = call({"/a2a/{agent}/v1/card", "echo"});
  CHECK(older.status == 400);
  CHECK(json::parse(older.body)["code"] == -32004);
  CHECK(call({"/a2a/{agent}/extendedAgentCard", "nobody"}).status == 404);
}

TEST_CASE("the extended card for JSON-RPC is that of its version") {
  card_harness call;
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
