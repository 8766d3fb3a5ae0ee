// The header of extensions: what is activated is echoed, what is unknown is passed over.
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

const std::string ids = event_ids;
const std::string once = "https://mofa.dev/a2a/extensions/idempotent-messages/v1";

TEST_CASE_FIXTURE(with_a2a, "the answer names the extensions that were asked for and are known") {
  each_v1([&](client& one) {
    one.extra = {{"A2A-Extensions", once + ", https://example.org/unknown/v9," + ids}};
    const auto got = one.send(say("hello"));
    REQUIRE_MESSAGE(got.ok(), got.text());
    const auto echoed = got.http.header("a2a-extensions");
    CHECK_MESSAGE(echoed.find(once) != std::string::npos, echoed);
    CHECK_MESSAGE(echoed.find(ids) != std::string::npos, echoed);
    CHECK_MESSAGE(echoed.find("unknown") == std::string::npos, echoed);
  });
}

TEST_CASE_FIXTURE(with_a2a, "an unknown extension, or another version of a known one, is passed over") {
  each_v1([&](client& one) {
    one.extra = {
        {"A2A-Extensions", "https://example.org/unknown/v9, https://mofa.dev/a2a/extensions/idempotent-messages/v2"}};
    auto message = say("hello");
    const auto first = one.send(message), second = one.send(message);
    REQUIRE_MESSAGE(second.ok(), second.text());
    CHECK(first.http.header("a2a-extensions").empty());
    CHECK(first.result.at("task").at("id") != second.result.at("task").at("id"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "0.3 asks for extensions by its own header") {
  for (const auto how : {way::v03_rpc, way::v03_rest}) {
    CAPTURE(name_of(how));
    auto one = player(how);
    const auto message = say("hello");
    CHECK(one.task(message).at("id") != one.task(message).at("id"));
    one.extra = {{"X-A2A-Extensions", once}};
    const auto keyed = say("hello");
    const auto first = one.send(keyed), again = one.send(keyed);
    REQUIRE_MESSAGE(again.ok(), again.text());
    CHECK(first.http.header("x-a2a-extensions").find(once) != std::string::npos);
    CHECK(first.result.at("task").at("id") == again.result.at("task").at("id"));
  }
}

TEST_CASE_FIXTURE(with_a2a, "the card declares the extensions, and none is required") {
  for (const std::string version : {"1.0", "0.3"}) {
    const auto card = body_of(with.get("/a2a/a2a_player/.well-known/agent-card.json", {{"A2A-Version", version}}));
    std::vector<std::string> declared;
    for (const auto& each : card.at("capabilities").at("extensions")) {
      declared.push_back(each.at("uri"));
      CHECK_FALSE(each.value("required", false));
      CHECK(!each.at("description").get<std::string>().empty());
    }
    CHECK(std::count(declared.begin(), declared.end(), ids) == 1);
    CHECK(std::count(declared.begin(), declared.end(), once) == 1);
    for (const auto& uri : declared) CHECK_MESSAGE(uri.ends_with("/v1"), uri);
  }
}

}  // namespace
}  // namespace mofa::test::a2a
