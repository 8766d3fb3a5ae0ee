#include "protocols/a2a/proto_fields.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "server/base/limits.hpp"

using namespace mofa;
using a2a::proto_fields;
using core::json;

namespace {

constexpr std::array<std::string_view, 3> colours{"COLOUR_UNSPECIFIED", "COLOUR_RED", "COLOUR_BLUE"};

/// One object under test: the errors of all reads.
struct reading {
  json value;
  core::field_errors errors{};
  proto_fields fields{value, "/at", errors};

  explicit reading(std::string_view text) : value(json::parse(text)) {}
  std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const auto& each : errors) out.push_back(each.path);
    return out;
  }
};

}  // namespace

TEST_CASE("members are found in camelCase and in snake_case, and in no other way") {
  for (const std::string name : {"contextId", "context_id"}) {
    CAPTURE(name);
    reading of{"{\"" + name + "\":\"c\"}"};
    CHECK(of.fields.text("contextId") == "c");
    CHECK(of.errors.empty());
  }
  reading other{R"({"ContextId":"a","contextid":"b","context-id":"c"})"};
  CHECK(other.fields.find("contextId") == nullptr);

  reading three{R"({"task_push_notification_config":1})"};
  CHECK(three.fields.find("taskPushNotificationConfig") != nullptr);

  reading both{R"({"contextId":"camel","context_id":"snake"})"};
  CHECK(both.fields.text("contextId") == "camel");
}

TEST_CASE("null is an absent member, except where any value is meant") {
  reading of{R"({"a":null})"};
  CHECK(of.fields.find("a") == nullptr);
  REQUIRE(of.fields.find_value("a") != nullptr);
  CHECK(of.fields.find_value("a")->is_null());
  CHECK(of.fields.find_value("b") == nullptr);
  CHECK(of.fields.text("a").empty());
  CHECK_FALSE(of.fields.boolean("a"));
  CHECK_FALSE(of.fields.integer("a", 0, 1));
  CHECK_FALSE(of.fields.time("a"));
  CHECK(of.fields.object("a").is_null());
  CHECK(of.fields.strings("a").empty());
  CHECK_FALSE(of.fields.choice("a", colours));
  CHECK_FALSE(of.fields.base64("a"));
  CHECK(of.errors.empty());
  CHECK(of.fields.require("a") == nullptr);
  CHECK(of.paths() == std::vector<std::string>{"/at/a"});
}

TEST_CASE("a value that is no object is one error, whatever is asked of it") {
  for (const std::string text : {"null", "[]", "\"x\"", "1", "true"}) {
    CAPTURE(text);
    reading of{text};
    CHECK_FALSE(of.fields.is_object());
    CHECK(of.fields.require("a") == nullptr);
    CHECK(of.fields.text("a").empty());
    CHECK(of.paths() == std::vector<std::string>{"/at"});
  }
}

TEST_CASE("texts are strings within their bound") {
  reading of{R"({"a":"abc","b":1,"c":["x"]})"};
  CHECK(of.fields.text("a") == "abc");
  CHECK(of.fields.text("a", 3) == "abc");
  CHECK(of.errors.empty());
  CHECK(of.fields.text("a", 2).empty());
  CHECK(of.fields.text("b").empty());
  CHECK(of.fields.text("c").empty());
  CHECK(of.fields.text("missing").empty());
  CHECK(of.paths() == std::vector<std::string>{"/at/a", "/at/b", "/at/c"});
}

TEST_CASE("booleans may be words in a string, as queries have them") {
  reading of{R"({"t":true,"f":false,"ts":"true","fs":"false","y":"yes","n":1})"};
  CHECK(of.fields.boolean("t") == true);
  CHECK(of.fields.boolean("f") == false);
  CHECK(of.fields.boolean("ts") == true);
  CHECK(of.fields.boolean("fs") == false);
  CHECK(of.errors.empty());
  CHECK_FALSE(of.fields.boolean("y"));
  CHECK_FALSE(of.fields.boolean("n"));
  CHECK(of.paths() == std::vector<std::string>{"/at/y", "/at/n"});
}

TEST_CASE("integers are numbers without a fraction, or decimals in a string") {
  for (const std::string text : {"5", "5.0", "5e0", "\"5\"", "50E-1"}) {
    CAPTURE(text);
    reading of{"{\"a\":" + text + "}"};
    CHECK(of.fields.integer("a", 0, 10) == 5);
    CHECK(of.errors.empty());
  }
  reading large{R"({"a":"9223372036854775807","b":-9223372036854775808})"};
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  CHECK(large.fields.integer("a", least, most) == most);
  CHECK(large.fields.integer("b", least, most) == least);
  CHECK(large.errors.empty());

  for (const std::string text : {"5.5", "\"5.0\"", "\"\"", "\" 5\"", "\"5x\"", "\"+5\"", "true", "[5]",
                                 "18446744073709551615", "1e300", "-1e300", "\"9223372036854775808\"", "11", "-1"}) {
    CAPTURE(text);
    reading of{"{\"a\":" + text + "}"};
    CHECK_FALSE(of.fields.integer("a", 0, 10));
    CHECK(of.paths() == std::vector<std::string>{"/at/a"});
  }
}

TEST_CASE("times are RFC 3339 with any offset") {
  reading of{R"({"a":"2026-01-31T09:00:00Z","b":"2026-01-31T10:00:00.123456789+01:00","c":"yesterday","d":5})"};
  CHECK(to_rfc3339(of.fields.time("a").value()) == "2026-01-31T09:00:00.000Z");
  CHECK(to_rfc3339(of.fields.time("b").value()) == "2026-01-31T09:00:00.123Z");
  CHECK(of.errors.empty());
  CHECK_FALSE(of.fields.time("c"));
  CHECK_FALSE(of.fields.time("d"));
  CHECK(of.paths() == std::vector<std::string>{"/at/c", "/at/d"});
}

TEST_CASE("objects are objects and nothing else") {
  reading of{R"({"a":{"x":[1]},"b":[],"c":"{}"})"};
  CHECK(of.fields.object("a") == json{{"x", {1}}});
  CHECK(of.errors.empty());
  CHECK(of.fields.object("b").is_null());
  CHECK(of.fields.object("c").is_null());
  CHECK(of.paths() == std::vector<std::string>{"/at/b", "/at/c"});
}

TEST_CASE("lists of strings have bounds") {
  reading of{R"({"a":["x","y"],"b":"x","c":["x",1],"d":[null]})"};
  CHECK(of.fields.strings("a") == std::vector<std::string>{"x", "y"});
  CHECK(of.fields.strings("a", 2).size() == 2);
  CHECK(of.errors.empty());
  CHECK(of.fields.strings("a", 1).empty());
  CHECK(of.fields.strings("b").empty());
  CHECK(of.fields.strings("c").empty());
  CHECK(of.fields.strings("d").empty());
  CHECK(of.paths() == std::vector<std::string>{"/at/a", "/at/b", "/at/c", "/at/d"});

  reading wide{json{{"a", json::array({std::string(limits::reference_bytes, 'x')})},
                    {"b", json::array({std::string(limits::reference_bytes + 1, 'x')})}}
                   .dump()};
  CHECK(wide.fields.strings("a").size() == 1);
  CHECK(wide.fields.strings("b").empty());
}

TEST_CASE("enums are names or numbers; the first of the list is none") {
  for (const std::string text : {"\"COLOUR_BLUE\"", "2", "2.0", "\"2\""}) {
    CAPTURE(text);
    reading of{"{\"a\":" + text + "}"};
    CHECK(of.fields.choice("a", colours) == std::size_t{2});
    CHECK(of.errors.empty());
  }
  for (const std::string text : {"\"COLOUR_UNSPECIFIED\"", "0", "null"}) {
    CAPTURE(text);
    reading of{"{\"a\":" + text + "}"};
    CHECK_FALSE(of.fields.choice("a", colours));
    CHECK(of.errors.empty());
  }
  for (const std::string text : {"\"blue\"", "\"colour_blue\"", "3", "-1", "\"\"", "1.5", "true", "{}"}) {
    CAPTURE(text);
    reading of{"{\"a\":" + text + "}"};
    CHECK_FALSE(of.fields.choice("a", colours));
    REQUIRE(of.errors.size() == 1);
    CHECK(of.errors[0].path == "/at/a");
    CHECK(of.errors[0].message == "must be one of COLOUR_RED, COLOUR_BLUE");
  }
}

TEST_CASE("base64 is read in both alphabets, padded or not, and given in the standard form") {
  const std::vector<std::pair<std::string, std::string>> good{
      {"", ""},         {"QQ==", "QQ=="}, {"QQ", "QQ=="},        {"QUI=", "QUI="}, {"QUI", "QUI="},
      {"QUJD", "QUJD"}, {"-_-_", "+/+/"}, {"+/+/", "+/+/"},      {"_w", "/w=="},   {"__8", "//8="},
      {"__8=", "//8="}, {"+_A", "+/A="},  {"QUJDRA", "QUJDRA=="}};
  for (const auto& [given, wanted] : good) {
    CAPTURE(given);
    reading of{json{{"a", given}}.dump()};
    CHECK(of.fields.base64("a") == wanted);
    CHECK(of.errors.empty());
  }
  for (const std::string given : {"Q", "QUJDQ", "QQ=", "QQ===", "QUI==", "QUJD=", "QUJD====", "=",
                                  "====", "Q=Q=", "QQ==QQ==", "QU I", "QU\nI", "QÄ==", "QQ==\n", "a.b="}) {
    CAPTURE(given);
    reading of{json{{"a", given}}.dump()};
    CHECK_FALSE(of.fields.base64("a"));
    CHECK(of.paths() == std::vector<std::string>{"/at/a"});
  }
  reading number{R"({"a":5})"};
  CHECK_FALSE(number.fields.base64("a"));
  CHECK(number.paths() == std::vector<std::string>{"/at/a"});
}

TEST_CASE("places are named by the camelCase of a member, escaped") {
  reading of{R"({"context_id":5})"};
  CHECK(of.fields.text("contextId").empty());
  of.fields.add("a/b", "wrong");
  CHECK(of.paths() == std::vector<std::string>{"/at/contextId", "/at/a~1b"});
  CHECK(of.fields.path_of("x") == "/at/x");
}
