#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>

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
  CHECK(detail_of("") ==
        "line 1, column 1: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal");
  CHECK(has(detail_of("{\"a\": 1,\n \"b\": }"), "line 2, column 7: syntax error while parsing value - unexpected '}'"));
  CHECK(has(detail_of("{} x"), "line 1, column 4: syntax error while parsing value"));
  CHECK(has(detail_of("{'a': 1}"), "line 1, column 2: "));
  CHECK(has(detail_of("[1,]"), "line 1, column 4: "));
  CHECK(has(detail_of("// no comments\n1"), "line 1, column 1: "));
  CHECK(has(detail_of("[NaN]"), "line 1, column 2: "));
  CHECK(has(detail_of("\"\\ud800\""), "surrogate"));
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
  CHECK(detail_of("[1e999]") == "line 1, column 6: number out of range");
  CHECK(detail_of("[ 18446744073709551616]") == "line 1, column 3: number out of range");
  CHECK(detail_of("-9223372036854775809") == "line 1, column 1: number out of range");
  CHECK(parse_json("-9223372036854775808")->get<std::int64_t>() == std::numeric_limits<std::int64_t>::min());
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
