#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <random>
#include <vector>

#include "protocols/document/document.hpp"
#include "server/base/limits.hpp"

using namespace mofa;
using document::parse_json;
using document::read_json;

namespace {

std::string detail_of(std::string_view text) {
  const auto value = parse_json(text);
  if (value) return "accepted";
  CHECK(value.error().code == errc::invalid_syntax);
  return value.error().detail;
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

/// CPU time, so that a busy machine fails no test.
long cpu_seconds_since(std::clock_t begin) { return (std::clock() - begin) / CLOCKS_PER_SEC; }

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a JSON text becomes the value that it says") {
  const auto value = parse_json(R"( {"a": [1, -2, 3.5, true, null, "x\u00e9\n"], "b": {}} )");
  REQUIRE(value);
  CHECK(value->dump() == "{\"a\":[1,-2,3.5,true,null,\"xé\\n\"],\"b\":{}}");
  CHECK(parse_json("18446744073709551615")->get<std::uint64_t>() == 18446744073709551615u);
  CHECK(parse_json("\"only text\"")->get<std::string>() == "only text");
}

TEST_CASE("bad JSON is refused with line and column") {
  CHECK(detail_of("") == "line 1, column 1: syntax error: unexpected end of the text; expected a value");
  CHECK(detail_of("{\"a\": 1,\n \"b\": }") == "line 2, column 7: syntax error: unexpected '}'; expected a value");
  CHECK(detail_of("{} x") == "line 1, column 4: syntax error: unexpected 'x'; expected the end of the text");
  CHECK(detail_of("{'a': 1}") == "line 1, column 2: syntax error: unexpected '''; expected a key in quotes");
  CHECK(detail_of("[1,]") == "line 1, column 4: syntax error: unexpected ']'; expected a value");
  CHECK(detail_of("[1 2]") == "line 1, column 4: syntax error: unexpected '2'; expected ',' or ']'");
  CHECK(detail_of("{\"a\" 1}") == "line 1, column 6: syntax error: unexpected '1'; expected ':'");
  CHECK(detail_of("[1.]") == "line 1, column 4: syntax error: unexpected ']'; expected a digit");
  CHECK(detail_of(std::string_view{"[\0]", 3}) == "line 1, column 2: syntax error: unexpected byte 0x00; expected a value");
  CHECK(has(detail_of("// no comments\n1"), "line 1, column 1: "));
  CHECK(has(detail_of("[NaN]"), "line 1, column 2: "));
  CHECK(detail_of("[\"a\", \"b") == "line 1, column 7: syntax error: the string has no closing quote");
  CHECK(detail_of("\"a\nb\"") == "line 1, column 3: syntax error: a control character in a string must be escaped");
  CHECK(detail_of("\"\\x\"") == "line 1, column 2: syntax error: no such escape in a string");
  CHECK(has(detail_of("\"\\u12g4\""), "four hexadecimal digits"));
  for (const char* lone : {"\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800x\""})
    CHECK(has(detail_of(lone), "surrogate"));
}

TEST_CASE("bad UTF-8 is refused and does not come back in the error") {
  for (const std::string bad : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\xff", "\"a\xe2\x82\""}) {
    const auto detail = detail_of(bad);
    CHECK(has(detail, "line 1, column "));
    CHECK(std::all_of(detail.begin(), detail.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  }
}

TEST_CASE("a duplicate key is refused where it stands") {
  CHECK(detail_of("{\"a\": 1, \"b\": 2,\n  \"a\": 3}") == "line 2, column 3: the key 'a' is there already");
  CHECK(detail_of(R"([{"x": {"y\"": 1, "y\"": 2}}])") == "line 1, column 19: the key 'y\"' is there already");
  CHECK(parse_json(R"([{"a": 1}, {"a": 1}])"));
}

TEST_CASE("numbers that JSON cannot hold exactly are refused") {
  CHECK(detail_of("[1e999]") == "line 1, column 2: number out of range");
  CHECK(detail_of("[ 18446744073709551616]") == "line 1, column 3: number out of range");
  CHECK(detail_of("-9223372036854775809") == "line 1, column 1: number out of range");
  CHECK(detail_of("123456789012345678901234567890") == "line 1, column 1: number out of range");
  CHECK(parse_json("-9223372036854775808")->get<std::int64_t>() == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("an integer beyond 64 bits is the double that its writer had") {
  CHECK(*parse_json("18446744073709552000") == document::json(0x1p64));  // JSON.stringify(2 ** 64)
  CHECK(*parse_json("100000000000000000000") == document::json(1e20));
  CHECK(*parse_json("-9223372036854776000") == document::json(-0x1p63));
  CHECK(parse_json("1" + std::string(308, '0'))->get<double>() == 1e308);
  CHECK(detail_of("1" + std::string(309, '0')) == "line 1, column 1: number out of range");
}

TEST_CASE("nesting ends at the limit, whatever follows") {
  CHECK(parse_json(repeat("[", limits::document_depth) + repeat("]", limits::document_depth)));
  CHECK(detail_of(repeat("[", limits::document_depth + 1)) == "line 1, column 65: nested deeper than 64 levels");
  const auto begin = std::clock();
  CHECK(detail_of(std::string(1'000'000, '[')) == "line 1, column 65: nested deeper than 64 levels");
  CHECK(detail_of(repeat("{\"a\":", 200'000)) == "line 1, column 321: nested deeper than 64 levels");
  CHECK(cpu_seconds_since(begin) < 5);
}

TEST_CASE("a document of too many values is refused") {
  const auto zeros = repeat("0,", limits::document_values - 2);
  CHECK(parse_json("[" + zeros + "0]"));
  CHECK(has(detail_of("[" + zeros + "0,0]"), "more than 100000 values"));
  CHECK(has(detail_of("[" + repeat("{},", 500'000) + "0]"), "more than 100000 values"));
}

TEST_CASE("our reader and a plain one accept the same texts and read the same values") {
  const std::vector<std::string> seeds{
      R"({"a": [1, -2, 3.5e-3, true, null, "x\u00e9\ud83d\ude00\n\"\\"], "b": {"c": []}, "d": false})",
      R"([0, -0, 0.0, -0.5, 10E+2, 1e-400, 18446744073709551615, -9223372036854775808, 0.1])",
      "  \t\r\n{\"\xc3\xa9\": \"\xe2\x82\xac \xf0\x9f\x98\x80\"}  ",
      "\xef\xbb\xbf[\"\\b\\f\\r\\t\\/\"]",
      R"([[[{"a": {"b": [[], {}, [{}]]}}]], "", {}])",
  };
  constexpr std::string_view bytes = "{}[]\",:\\/ubnrtfae0123456789+-.E \n\x01\x7f\xc3\xa9\xed\xa0\xef\xbb\xbf";
  std::mt19937 random{20'260'101};
  const auto below = [&random](std::size_t end) { return std::uniform_int_distribution<std::size_t>{0, end - 1}(random); };
  const auto spoil = [&](std::string& text) {
    const auto at = below(text.size());
    const char byte = bytes[below(bytes.size())];
    const auto how = below(3);
    if (how == 0) text[at] = byte;
    if (how == 1) text.insert(at, 1, byte);
    if (how == 2) text.erase(at, 1);
  };
  int accepted = 0;
  for (const auto& seed : seeds) {
    for (int i = 0; i < 4'000; ++i) {
      auto text = seed;
      for (auto changes = below(3); changes > 0; --changes) spoil(text);
      CAPTURE(text);
      const auto plain = document::json::parse(text, nullptr, false);
      const auto ours = parse_json(text);
      if (ours) {
        ++accepted;
        CHECK(*ours == plain);
        CHECK(*document::consume_json(text) == plain);
      } else {
        // What a plain reader takes all the same.
        const auto& why = ours.error().detail;
        CHECK((plain.is_discarded() || has(why, "is there already") || has(why, "out of range")));
      }
    }
  }
  CHECK(accepted > 5'000);
}

TEST_CASE("a string that is most of a body takes over its memory, whatever is around it") {
  const auto long_text = repeat("0123456789abcde\n", 50'000);
  const auto quoted = document::json(long_text).dump();
  for (const std::string before : {"", R"("first": [1, {"x": "y"}], )"}) {
    for (const std::string after : {"", R"(, "last": "\u00e9")"}) {
      auto expected = document::json::parse("{" + before + R"("long": "")" + after + "}");
      expected["long"] = long_text;
      auto body = "{" + before + R"("long": )" + quoted + after + "}";
      const auto* memory = body.data();
      const auto read = document::consume_json(std::move(body));
      REQUIRE(read);
      CHECK(*read == expected);
      CHECK(read->at("long").get_ref<const std::string&>().data() == memory);
    }
  }
  // What no object holds is copied.
  CHECK(*document::consume_json("[" + quoted + "]") == document::json::array({long_text}));
  CHECK(*document::consume_json(quoted) == document::json(long_text));
  const auto twice = document::consume_json(R"({"long": )" + quoted + R"(, "long": 1})");
  REQUIRE_FALSE(twice);
  CHECK(has(twice.error().detail, "is there already"));
}

TEST_CASE("every value of a JSON document has its place") {
  const auto read =
      read_json("{\"name\": \"a\",\n \"rules\": [\n  {\"k\\\"/~\": -12.5e3},\n  [true, \"\\\\\", 7]\n ]}", "a.json");
  REQUIRE(read);
  const auto at = [&](std::string_view pointer) {
    const auto place = read->locate(pointer);
    return std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  CHECK(at("") == "1:1");
  CHECK(at("/name") == "1:2");
  CHECK(at("/rules") == "2:2");
  CHECK(at("/rules/0") == "3:3");
  CHECK(at("/rules/0/k\"~1~0") == "3:4");
  CHECK(at("/rules/1") == "4:3");
  CHECK(at("/rules/1/0") == "4:4");
  CHECK(at("/rules/1/1") == "4:10");
  CHECK(at("/rules/1/2") == "4:16");
  CHECK(at("/rules/1/2/unknown/deeper") == "4:16");
  CHECK(at("/nothing") == "1:1");
}

TEST_CASE("a number at the very end of a text has its place") {
  CHECK(read_json("  42", "a.json")->locate("").column == 3);
  CHECK(read_json("  42\n", "a.json")->locate("").column == 3);
}

TEST_CASE("places of a hostile document stay bounded") {
  // Each of 90,000 places would repeat a key of 100,000 bytes.
  const auto text = "{\"" + std::string(100'000, 'k') + "\": [" + repeat("0,", 90'000) + "0]}";
  const auto read = read_json(text, "a.json");
  REQUIRE(read);
  CHECK(read->places.size() < 1'000);
  CHECK(read->locate("/" + std::string(100'000, 'k') + "/80000").column == 2);
}
