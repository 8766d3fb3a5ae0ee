#include <doctest/doctest.h>

#include <ctime>

#include "protocols/document/document.hpp"
#include "server/base/limits.hpp"

using namespace mofa;
using document::read_yaml;

namespace {

std::string value_of(std::string_view text) {
  const auto read = read_yaml(text, "a.yaml");
  return read ? read->value.dump() : read.error().detail;
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

TEST_CASE("YAML is read into the same values as JSON") {
  CHECK(value_of("a: 1\nb: [x, 'y', {c: null}]\nd:\n  - true\n  - e: \"f\\n\"\n") ==
        R"({"a":1,"b":["x","y",{"c":null}],"d":[true,{"e":"f\n"}]})");
  CHECK(value_of("text: |\n  one\n  two\nfolded: >-\n  one\n  two\n") == R"({"folded":"one two","text":"one\ntwo\n"})");
  CHECK(value_of("{\"json\": [1, 2]}") == R"({"json":[1,2]})");
  CHECK(value_of("") == "null");
  CHECK(value_of("# only a comment\n") == "null");
  CHECK(value_of("---\na: 1\n...\n") == R"({"a":1})");
}

TEST_CASE("plain scalars follow the core schema and quoted ones stay strings") {
  CHECK(value_of("[~, null, Null, '', \"null\", NULL]") == R"([null,null,null,"","null",null])");
  CHECK(value_of("[true, False, TRUE, yes, on, 'true']") == R"([true,false,true,"yes","on","true"])");
  CHECK(value_of("[0, -7, +8, 010, 0o17, 0xff, '12', 1_000, 0b1]") == R"([0,-7,8,10,15,255,"12","1_000","0b1"])");
  CHECK(value_of("[1.5, -.5, 2., 1e3, +4.25E-2, 1.2.3, '1.5', e5, .]") ==
        R"([1.5,-0.5,2.0,1000.0,0.0425,"1.2.3","1.5","e5","."])");
  CHECK(value_of("18446744073709551615") == "18446744073709551615");
  CHECK(value_of("a: 2026-01-31") == R"({"a":"2026-01-31"})");
  CHECK(value_of("a: |\n  12") == R"({"a":"12"})");
}

TEST_CASE("escapes are read, and those that would not be text are refused") {
  CHECK(value_of(R"("\u0085\u00a0\x85\L\P\e")") == "\"\u0085\u00a0\u0085\u2028\u2029\\u001b\"");
  const std::string no = ": the escapes \\N and \\_ are not supported; write \\u0085 or \\u00a0";
  CHECK(value_of(R"(a: "x\Ny")") == "a.yaml:1:4" + no);
  CHECK(value_of(R"("\_": 1)") == "a.yaml:1:1" + no);
}

TEST_CASE("numbers that JSON cannot hold are refused in YAML") {
  for (const std::string bad : {".inf", "-.INF", ".nan", "1e999", "18446744073709551616", "-9223372036854775809",
                                "0x10000000000000000", "0o7777777777777777777777777"}) {
    CHECK(value_of("a: " + bad) == "a.yaml:1:4: number out of range");
  }
}

TEST_CASE("anchors, aliases, tags and merge keys are refused") {
  CHECK(value_of("&a [*a]") == "a.yaml:1:1: anchors and aliases are not allowed");
  CHECK(value_of("x: &a 1\ny: *a") == "a.yaml:1:4: anchors and aliases are not allowed");
  CHECK(value_of("x: &a\n") == "a.yaml:1:4: anchors and aliases are not allowed");
  CHECK(value_of("x: !!str 1") == "a.yaml:1:4: tags are not allowed");
  CHECK(value_of("x: !local {a: 1}") == "a.yaml:1:4: tags are not allowed");
  CHECK(value_of("x: !!seq [1]") == "a.yaml:1:4: tags are not allowed");
  CHECK(value_of("x: ! 12") == "a.yaml:1:4: tags are not allowed");
  CHECK(value_of("<<: {a: 1}") == "a.yaml:1:1: merge keys are not allowed");
  CHECK(value_of("x: 1\r\ny: ! 12") == "a.yaml:2:4: tags are not allowed");
  CHECK(value_of("x: ä\r\ny: '! 12'") == R"({"x":"ä","y":"! 12"})");
  CHECK(value_of("'<<': 1") == R"({"<<":1})");
}

TEST_CASE("keys are strings and stand once") {
  CHECK(value_of("a: 1\nb: 2\na: 3") == "a.yaml:3:1: the key 'a' is there already");
  CHECK(value_of("{a: 1, 'a': 2}") == "a.yaml:1:8: the key 'a' is there already");
  CHECK(value_of("1: x") == "a.yaml:1:1: a key must be a string; put it in quotes");
  CHECK(value_of("true: x") == "a.yaml:1:1: a key must be a string; put it in quotes");
  CHECK(value_of("'1': x") == R"({"1":"x"})");
  CHECK(value_of("? [a]\n: x") == "a.yaml:1:3: a key must be a string in quotes, or a bracket is never closed");
  CHECK(value_of("{{a: 1}: 2}") == "a.yaml:1:2: a key must be a string in quotes, or a bracket is never closed");
  CHECK(has(value_of(": x"), "a key must be a string"));
}

TEST_CASE("one file holds one document") { CHECK(has(value_of("a: 1\n---\nb: 2\n"), "only one document is allowed")); }

TEST_CASE("bad YAML is refused with line and column") {
  CHECK(value_of("a: 1\nb: [1, 2") == "a.yaml:2:8: a key must be a string in quotes, or a bracket is never closed");
  CHECK(value_of("b: 1\na: [x, y") == "a.yaml:2:9: end of sequence flow not found");
  CHECK(value_of("a: {x: y") == "a.yaml:1:9: end of map flow not found");
  CHECK(has(value_of("a: b\n  c: d"), "a.yaml:2:"));
  CHECK(has(value_of("\ta: 1"), "a.yaml:1:"));
  CHECK(has(value_of("a: \"x"), "a.yaml:1:"));
  CHECK(has(value_of("a: @x"), "a.yaml:1:"));
}

TEST_CASE("bad UTF-8 and control characters are refused before the parser sees them") {
  CHECK(value_of("a: 1\nb: \xff") == "a.yaml:2:4: not UTF-8");
  CHECK(value_of("\xc0\x80") == "a.yaml:1:1: not UTF-8");
  CHECK(value_of("a: \xed\xa0\x80") == "a.yaml:1:4: not UTF-8");
  CHECK(value_of("a: \xf4\x90\x80\x80") == "a.yaml:1:4: not UTF-8");
  CHECK(value_of("a: \xe2\x82") == "a.yaml:1:4: not UTF-8");
  CHECK(value_of(std::string_view{"a: x\0y", 6}) == "a.yaml:1:5: control characters are not allowed");
  CHECK(value_of("a: x\x04y") == "a.yaml:1:5: control characters are not allowed");
  CHECK(value_of("a: ĄÖ😀") == "{\"a\":\"ĄÖ😀\"}");
}

TEST_CASE("Windows line ends are line ends") {
  const auto read = read_yaml("a: 1\r\nb:\r\n  - x\r\n  - 'y'\r\nt: |\r\n  one\r\n", "a.yaml");
  REQUIRE(read);
  CHECK(read->value.dump() == R"({"a":1,"b":["x","y"],"t":"one\n"})");
  CHECK(read->locate("/b/1").line == 4);
}

TEST_CASE("every value of a YAML document has its place, in bytes") {
  const auto read = read_yaml("name: ä\nrules:\n  - when: {ä: 'ö', text: x}\n    do:\n      - reply: hi\n", "a.yaml");
  REQUIRE(read);
  const auto at = [&](std::string_view pointer) {
    const auto place = read->locate(pointer);
    return std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  CHECK(at("/name") == "1:1");
  CHECK(at("/rules") == "2:1");
  CHECK(at("/rules/0") == "3:5");
  CHECK(at("/rules/0/when") == "3:5");
  CHECK(at("/rules/0/when/text") == "3:22");
  CHECK(at("/rules/0/do/0") == "5:9");
  CHECK(at("/rules/0/do/0/reply/text") == "5:9");
}

TEST_CASE("YAML nesting ends at the limit, whatever follows") {
  CHECK(value_of(repeat("[", limits::document_depth) + repeat("]", limits::document_depth)) ==
        repeat("[", limits::document_depth) + repeat("]", limits::document_depth));
  const auto begin = std::clock();
  CHECK(value_of(std::string(1'000'000, '[')) == "a.yaml:1:65: nested deeper than 64 levels");
  CHECK(has(value_of(repeat("{a: ", 250'000)), "nested deeper than 64 levels"));
  CHECK(has(value_of(repeat("- ", 500'000)), "nested deeper than 64 levels"));
  CHECK(has(value_of(repeat("? ", 500'000)), "a key must be a string"));
  CHECK(has(value_of(repeat("[? ", 300'000)), "nested deeper than 64 levels"));
  CHECK(has(value_of(repeat("[\n", 500'000)), "nested deeper than 64 levels"));
  CHECK(has(value_of(repeat("a: ", 300'000)), "a.yaml:1:"));
  CHECK(has(value_of(repeat("!a ", 300'000)), "a.yaml:1:"));
  CHECK(has(value_of(repeat("&a ", 300'000)), "a.yaml:1:"));
  CHECK(cpu_seconds_since(begin) < 20);
}

TEST_CASE("brackets in a text are no nesting") {
  const auto text = repeat("[", 999);
  CHECK(value_of("a: |\n  " + text) == "{\"a\":\"" + text + "\"}");
}

TEST_CASE("YAML of more than 1 MiB is refused and JSON recommended") {
  CHECK(value_of(std::string(1024 * 1024 + 1, 'a')) == "a.yaml:1:1: YAML of more than 1048576 bytes; write it as JSON");
  CHECK(value_of(std::string(1024 * 1024, 'a')).size() == 1024 * 1024 + 2);
}

TEST_CASE("a byte order mark is no part of the text") {
  CHECK(value_of("\xef\xbb\xbf"
                 "a: ! 1") == "a.yaml:1:4: tags are not allowed");
  CHECK(value_of("\xef\xbb\xbf"
                 "a: '1'") == R"({"a":"1"})");
}

TEST_CASE("a YAML document of too many values is refused") {
  const auto begin = std::clock();
  CHECK(has(value_of(repeat("- 0\n", limits::document_values + 1)), "more than 100000 values"));
  CHECK(has(value_of("[" + repeat("0,", limits::document_values + 1) + "0]"), "more than 100000 values"));
  CHECK(has(value_of("[" + repeat("0,", limits::document_values - 2) + "0]"), "[0,0,"));
  CHECK(cpu_seconds_since(begin) < 20);
}
