#include "protocols/a2a/negotiation.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using namespace mofa::a2a;

namespace {

http::request with(http::header_list headers, std::string query = {}, std::string body = {}) {
  http::request out;
  out.headers = std::move(headers);
  out.query = std::move(query);
  out.body = std::move(body);
  return out;
}

std::optional<version> asked(const std::string& text) { return version_of(with({{"a2a-version", text}})).as; }

}  // namespace

TEST_CASE("the version is the header's, else the query's; a patch counts for nothing") {
  CHECK(asked("1.0") == version::v1_0);
  CHECK(asked(" 1.0.1 ") == version::v1_0);
  CHECK(asked("0.3") == version::v0_3);
  CHECK(asked("0.3.0") == version::v0_3);
  CHECK(asked("0.2.6") == version::v0_3);
  CHECK(version_of(with({}, "A2A-Version=1.0")).as == version::v1_0);
  CHECK(version_of(with({{"a2a-version", "0.3"}}, "A2A-Version=1.0")).as == version::v0_3);
}

TEST_CASE("a request that says no version says nothing wrong") {
  for (const auto& one : {with({}), with({{"a2a-version", ""}}), with({{"a2a-version", "  "}}), with({}, "A2A-Version=")}) {
    CHECK_FALSE(version_of(one).as);
    CHECK_FALSE(version_of(one).wrong);
  }
}

TEST_CASE("a version that is not spoken is refused with those that are") {
  for (const auto* text : {"99.0", "1.1", "2.0", "1", "1.", ".3", "0.3.x", "0.3.", "v1.0", "1.0 0.3", "-1.0", "1.-0"}) {
    const auto got = version_of(with({{"a2a-version", text}}));
    CAPTURE(text);
    REQUIRE(got.wrong);
    CHECK(got.wrong->kind == fault_kind::version_not_supported);
    CHECK(got.wrong->metadata.at(0) == std::pair<std::string, std::string>{"supportedVersions", "1.0, 0.3"});
  }
}

TEST_CASE("a body is JSON, and a web page must say so") {
  const auto wrong = [](std::optional<std::string> type, bool from_browser = false) {
    auto one = with({}, {}, "{}");
    if (type) one.headers.emplace_back("content-type", *type);
    one.from_browser = from_browser;
    return wrong_content_type(one).has_value();
  };
  CHECK_FALSE(wrong("application/json"));
  CHECK_FALSE(wrong("Application/JSON; charset=utf-8"));
  CHECK_FALSE(wrong("application/a2a+json"));
  CHECK_FALSE(wrong(std::nullopt));
  CHECK(wrong("text/plain"));
  CHECK(wrong("application/x-www-form-urlencoded"));
  CHECK(wrong(std::nullopt, true));
  CHECK_FALSE(wrong_content_type(with({{"content-type", "text/plain"}})));
}

TEST_CASE("the answer is application/a2a+json for who knows that name") {
  CHECK(answer_type(with({})) == "application/json");
  CHECK(answer_type(with({{"accept", "application/a2a+json, application/json"}})) == "application/a2a+json");
  CHECK(answer_type(with({{"content-type", "application/a2a+json"}})) == "application/a2a+json");
  CHECK(answer_type(with({{"accept", "application/json"}})) == "application/json");
  CHECK(answer_type(with({{"accept", "text/html;x=\"application/a2a+json\""}})) == "application/json");
  CHECK(answer_type(with({{"accept", "text/html, Application/A2A+JSON;q=0.9"}})) == "application/a2a+json");
}

TEST_CASE("of the extensions that a request names, ours are activated") {
  const auto got = extensions_of(
      with({{"a2a-extensions", "https://example.org/other/v1 , https://mofa.dev/a2a/extensions/idempotent-messages/v1"}}));
  CHECK(got.idempotent_messages);
  CHECK_FALSE(got.event_ids);
  CHECK(got.text() == "https://mofa.dev/a2a/extensions/idempotent-messages/v1");
  CHECK(extensions_of(with({{"x-a2a-extensions", "https://mofa.dev/a2a/extensions/event-ids/v1"}})).event_ids);
  // Another version of an extension is another extension.
  CHECK(extensions_of(with({{"a2a-extensions", "https://mofa.dev/a2a/extensions/event-ids/v2"}})).text().empty());
}

TEST_CASE("Last-Event-ID is a number of ours, or nothing") {
  CHECK(last_event_of(with({{"last-event-id", "17"}})) == 17);
  for (const auto* text : {"", "x", "-1", "17 ", "99999999999999999999"})
    CHECK_FALSE(last_event_of(with({{"last-event-id", text}})));
}
