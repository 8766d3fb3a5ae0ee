// Cards and the catalogue as clients fetch them.
#include "tests/unit/protocols/a2a/card_harness.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;

TEST_CASE("an agent's card is the same wherever it is read") {
  card_harness call;
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
  card_harness call;
  call.options.default_agent.clear();
  for (const auto& each : call.table()) CHECK(each.pattern.starts_with("/a2a"));
  CHECK(call.table().size() == 7);
}

TEST_CASE("URLs begin with the public one, else with the host that was called") {
  card_harness call;
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
  card_harness call;
  std::string place = well_known;
  const auto form = [&](http::header_list headers, std::string query = {}) {
    const auto got = call.card({place, "echo", std::move(headers), std::move(query)});
    REQUIRE(got.contains("supportedInterfaces"));
    return got.contains("url") ? "hybrid" : "v1";
  };
  CHECK(form({{"a2a-version", "1.0"}}) == "v1");
  CHECK(form({{"a2a-version", "0.3"}}) == "hybrid");
  CHECK(form({{"a2a-version", "0.2.6"}}) == "hybrid");
  CHECK(form({}, "A2A-Version=0.3") == "hybrid");
  CHECK(form({}) == "hybrid");
  CHECK(form({{"a2a-version", ""}}) == "hybrid");
  CHECK(form({{"a2a-version", "99.0"}}) == "hybrid");
  call.options.default_form = a2a::card_form::v1;
  CHECK(form({}) == "v1");
  CHECK(form({{"a2a-version", "99.0"}}) == "v1");
  CHECK(form({{"a2a-version", "0.3"}}) == "hybrid");
  // Who asks at the older place is older than 1.0.
  place = "/a2a/{agent}/.well-known/agent.json";
  CHECK(form({}) == "hybrid");
  CHECK(form({{"a2a-version", "1.0"}}) == "v1");
}

TEST_CASE("a card says how long it may be kept, and is not sent twice") {
  card_harness call;
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
  CHECK(call({well_known, "echo", {{"if-none-match", tag}, {"a2a-version", "1.0"}}}).status == 200);
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
  card_harness call;
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
  card_harness call;
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
  card_harness call;
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
  card_harness call;
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
  card_harness call;
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

TEST_CASE("a signed card keeps its ETag, whatever others ask for") {
  card_harness call;
  int times = 0;
  const auto signer = a2a::remembering(random_signer(times), 2);
  call.options.signer = &signer;
  call.options.public_base_url = "https://agents.example.org";
  const auto got = call({well_known, "echo"});
  CHECK(json::parse(got.body)["signatures"].size() == 2);
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
  card_harness call;
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
  for (const auto& each : each_card({{"host", "evil.example"}, {"a2a-version", "1.0"}})) {
    CHECK(each["signatures"].size() == 1);
    CHECK(each.dump().find("evil") == std::string::npos);
  }
}

TEST_CASE("a catalogue of many agents keeps its ETag, though no two signatures are the same") {
  card_harness call;
  int times = 0;
  const auto signer = a2a::remembering(random_signer(times));
  call.options.signer = &signer;
  call.options.public_base_url = "https://agents.example.org";
  for (int i = 0; i < 600; ++i) call.agents.add("agent" + std::to_string(i));
  const auto tag = header_of(call({"/a2a"}), "ETag");
  CHECK(times == 2 * 601);
  CHECK(call({"/a2a", "", {{"if-none-match", tag}}}).status == 304);
  CHECK(times == 2 * 601);
}
