#include "protocols/core/topic.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "server/base/limits.hpp"

using namespace mofa;
using namespace mofa::core;

namespace {

bool matches(const std::string& pattern, const std::string& topic) {
  const auto read = topic_pattern::parse(pattern);
  REQUIRE_MESSAGE(read, pattern);
  return read->matches(topic);
}

std::string words(std::size_t bytes, char with) { return std::string(bytes, with); }

}  // namespace

TEST_CASE("a topic is words of letters, digits, '_' and '-' with dots between") {
  for (const auto& good :
       std::vector<std::string>{"a", "orders", "orders.eu.new", "A.b-c.d_e.0", "-", "_", "0.0", words(256, 'x')}) {
    CAPTURE(good);
    CHECK(check_topic(good));
  }
}

TEST_CASE("what is no topic is refused with the reason") {
  const std::pair<std::string, std::string> cases[] = {
      {"", "a topic has 1 to 256 bytes"},
      {words(257, 'x'), "a topic has 1 to 256 bytes"},
      {"a.", "a topic does not end with a dot"},
      {".", "a topic does not end with a dot"},
      {"a..", "a topic does not end with a dot"},
      {".a", "a topic is words of letters, digits, '_' and '-' with dots between"},
      {"a..b", "a topic is words of letters, digits, '_' and '-' with dots between"},
      {"a b", "a topic is words of letters, digits, '_' and '-' with dots between"},
      {"a/b", "a topic is words of letters, digits, '_' and '-' with dots between"},
      {"a*", "a topic is words of letters, digits, '_' and '-' with dots between"},
      {"ä", "a topic is words of letters, digits, '_' and '-' with dots between"},
      {"\xff", "a topic is words of letters, digits, '_' and '-' with dots between"},
      {std::string("a\0b", 3), "a topic is words of letters, digits, '_' and '-' with dots between"},
      {"a\n", "a topic is words of letters, digits, '_' and '-' with dots between"},
      {"a.*", "a message goes to one topic: wildcards are for subscribers"},
      {"#", "a message goes to one topic: wildcards are for subscribers"},
  };
  for (const auto& [text, why] : cases) {
    CAPTURE(text);
    const auto checked = check_topic(text);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == errc::invalid);
    CHECK(checked.error().detail == why);
  }
}

TEST_CASE("what is no pattern is refused with the reason") {
  const std::string form =
      "a topic's pattern is words of letters, digits, '_' and '-' with dots between; a word may be '*', the last one '#'";
  const std::pair<std::string, std::string> cases[] = {
      {"", "a topic has 1 to 256 bytes"},
      {words(257, '*'), "a topic has 1 to 256 bytes"},
      {"*.", "a topic does not end with a dot"},
      {"#.a", "'#' stands for all words that follow: nothing can come after it"},
      {"#.#", "'#' stands for all words that follow: nothing can come after it"},
      {"a.#.*", "'#' stands for all words that follow: nothing can come after it"},
      {"a*", form},
      {"**", form},
      {"*#", form},
      {"a.b#", form},
      {".*", form},
      {"a..*", form},
      {"%", form},
      {"a.\xc3", form},
      {std::string("*\0", 2), form},
  };
  for (const auto& [text, why] : cases) {
    CAPTURE(text);
    const auto read = topic_pattern::parse(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid);
    CHECK(read.error().detail == why);
  }
}

TEST_CASE("an exact pattern is one topic") {
  const auto read = topic_pattern::parse("orders.eu");
  REQUIRE(read);
  CHECK(read->is_exact());
  CHECK(read->text() == "orders.eu");
  CHECK(read->matches("orders.eu"));
  for (const auto* other : {"orders", "orders.eu.new", "orders.us", "Orders.eu", "orders.e", "orders.euu", "ordersXeu", ""})
    CHECK_FALSE(read->matches(other));
}

TEST_CASE("a star is any one word") {
  CHECK_FALSE(topic_pattern::parse("orders.*")->is_exact());
  CHECK(matches("*", "orders"));
  CHECK_FALSE(matches("*", "orders.eu"));
  CHECK_FALSE(matches("*", ""));
  CHECK(matches("orders.*", "orders.eu"));
  CHECK_FALSE(matches("orders.*", "orders"));
  CHECK_FALSE(matches("orders.*", "orders.eu.new"));
  CHECK_FALSE(matches("orders.*", "news.eu"));
  CHECK(matches("*.eu.*", "orders.eu.new"));
  CHECK_FALSE(matches("*.eu.*", "orders.us.new"));
  CHECK_FALSE(matches("*.eu.*", "orders.eu"));
  CHECK(matches("*.*", "a.b"));
  CHECK_FALSE(matches("*.*", "a"));
  CHECK_FALSE(matches("*.*", "a.b.c"));
}

TEST_CASE("a hash is all the words that follow, also none") {
  CHECK_FALSE(topic_pattern::parse("#")->is_exact());
  CHECK(matches("#", "a"));
  CHECK(matches("#", "a.b.c"));
  CHECK(matches("orders.#", "orders"));
  CHECK(matches("orders.#", "orders.eu"));
  CHECK(matches("orders.#", "orders.eu.new"));
  CHECK_FALSE(matches("orders.#", "ordersX"));
  CHECK_FALSE(matches("orders.#", "order"));
  CHECK_FALSE(matches("orders.#", "news.orders"));
  CHECK(matches("*.#", "a"));
  CHECK(matches("*.#", "a.b"));
  CHECK(matches("a.*.#", "a.b"));
  CHECK(matches("a.*.#", "a.b.c.d"));
  CHECK_FALSE(matches("a.*.#", "a"));
}

TEST_CASE("matching a long topic takes one walk over it") {
  std::string pattern = "*", topic = "a";
  while (pattern.size() + 2 <= limits::topic_bytes) {
    pattern += ".*";
    topic += ".a";
  }
  CHECK(matches(pattern, topic));
  CHECK_FALSE(matches(pattern, topic + ".a"));
  CHECK_FALSE(matches(pattern, topic.substr(2)));
}

TEST_CASE("a message is shown without its tenant, with its data as it was published") {
  topic_message what{.seq = 7,
                     .tenant = "secret",
                     .publisher = "a\"da",
                     .topic = "orders.eu",
                     .data = R"({"z":1,"a":[1.0,"ü"]})",
                     .at = *parse_rfc3339("2026-01-31T09:00:00.123Z"),
                     .hops = 3};
  CHECK(to_json_text(what) ==
        R"({"topic":"orders.eu","seq":7,"at":"2026-01-31T09:00:00.123Z","publisher":"a\"da","data":{"z":1,"a":[1.0,"ü"]}})");
  what.seq = 0;
  CHECK(json::parse(to_json_text(what))["seq"].is_null());
}
