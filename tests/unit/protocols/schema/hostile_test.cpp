#include "protocols/core/fields.hpp"
#include "server/base/limits.hpp"
#include "tests/unit/protocols/schema/fixture.hpp"

using namespace mofa;
using namespace mofa::schema;
using core::json;

namespace {

const lines too_much{": takes too much work to check against its schema; give a smaller value, or a simpler schema"};

/// A schema of `count` parts, each made from the reference to the next; the last one is `end`.
template <class Make>
json chain(int count, Make make, json end) {
  json parts = json::array();
  for (int i = 0; i + 1 < count; ++i) parts.push_back(make("#/parts/" + std::to_string(i + 1)));
  parts.push_back(std::move(end));
  return {{"$ref", "#/parts/0"}, {"parts", parts}};
}

json nested(int depth) {
  json value = 1;
  for (int i = 0; i < depth; ++i) {
    json outer = json::array();
    outer.push_back(std::move(value));
    value = std::move(outer);
  }
  return value;
}

}  // namespace

TEST_CASE("references in a circle are refused") {
  CHECK(refusal(R"({"$ref": "#"})") ==
        lines{": refers in a circle, or through more than 64 others; let $ref name the schema itself"});
  CHECK(refusal(R"({"items": {"$ref": "#/definitions/a"},
                    "definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}})")
            .size() == 3);
}

TEST_CASE("parts that lead back to themselves at the same value are refused") {
  const std::string endless = "refers to itself without going into the value, so that no check would end";
  for (const char* keyword : {"allOf", "anyOf", "oneOf"}) {
    CAPTURE(keyword);
    CHECK(refusal(json{{keyword, {{{"$ref", "#"}}}}}) == lines{": " + endless});
  }
  CHECK(refusal(R"({"not": {"$ref": "#"}})") == lines{": " + endless});
  CHECK(refusal(R"({"if": {"$ref": "#"}})") == lines{": " + endless});
  CHECK(refusal(R"({"if": true, "then": {"$ref": "#"}})") == lines{": " + endless});
  CHECK(refusal(R"({"if": true, "else": {"$ref": "#"}})") == lines{": " + endless});
  CHECK(refusal(R"({"dependencies": {"a": {"$ref": "#"}}})") == lines{": " + endless});
  // The one that is named lies on the circle, not before it and not behind it.
  const auto why = refusal(R"({"allOf": [{"$ref": "#/definitions/a"}], "definitions": {
      "a": {"allOf": [{"$ref": "#/definitions/b"}, {"$ref": "#/definitions/c"}]},
      "b": {"not": {"$ref": "#/definitions/a"}}, "c": {"allOf": [true]}}})");
  REQUIRE(why.size() == 1);
  CHECK((why[0] == "/definitions/a: " + endless || why[0] == "/definitions/b: " + endless));
}

TEST_CASE("a long way of parts neither exhausts the stack at reading nor at checking") {
  const auto all_of = [](const std::string& next) { return json{{"allOf", {{{"$ref", next}}}}}; };
  const auto items = [](const std::string& next) { return json{{"items", {{"$ref", next}}}}; };
  const auto reference = [](const std::string& next) { return json{{"$ref", next}}; };
  CHECK(check(chain(400, all_of, {{"type", "string"}}), 1) == lines{": must be a string, not an integer"});
  CHECK(check(chain(20'000, all_of, true), 1) == too_much);
  CHECK(check(chain(20'000, items, true), nested(60)).empty());
  CHECK(refusal(chain(20'000, reference, true)).size() == 1);
}

TEST_CASE("work that doubles with each part ends") {
  const auto twice = [](const std::string& next) { return json{{"allOf", {{{"$ref", next}}, {{"$ref", next}}}}}; };
  CHECK(check(chain(60, twice, true), 1) == too_much);
  const auto either = [](const std::string& next) { return json{{"anyOf", {{{"$ref", next}}, {{"$ref", next}}}}}; };
  CHECK(check(chain(60, either, false), 1) == too_much);
  const auto negated = [](const std::string& next) {
    return json{{"not", {{"anyOf", {{{"$ref", next}}, {{"$ref", next}}}}}}};
  };
  CHECK(check(chain(60, negated, false), 1) == too_much);
  // Each level of the value doubles it, with two parts only.
  CHECK(check(R"({"allOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]})"_json, nested(64)) == too_much);
}

TEST_CASE("comparing, counting and listing cost steps too") {
  json large = json::array();
  for (int i = 0; i < 40'000; ++i) large.push_back(i);
  json choices = json::array();
  for (int i = 0; i < 50'000; ++i) choices.push_back(-1 - i);
  CHECK(check(json{{"items", {{"enum", choices}}}}, large) == too_much);

  json many = json::object();
  for (int i = 0; i < 40'000; ++i) many[std::to_string(i)] = true;
  json objects = json::array();
  for (int i = 0; i < 40'000; ++i) objects.push_back(json::object());
  CHECK(check(json{{"items", {{"properties", many}}}}, objects) == too_much);

  json counts = json::array();
  for (int i = 0; i < 20'000; ++i) counts.push_back({{"minLength", 1}});
  CHECK(check(json{{"allOf", counts}}, std::string(1'000'000, 'a')) == too_much);
  CHECK(check(json{{"uniqueItems", true}}, large) == too_much);
  large.erase(large.begin() + 5'000, large.end());
  CHECK(check(json{{"uniqueItems", true}}, large).empty());
}

TEST_CASE("what is nested too deeply is refused, as schema and as value") {
  const auto depth = static_cast<int>(limits::document_depth);
  CHECK(check(json::object(), nested(depth)).empty());
  CHECK(check(json::object(), nested(depth + 1)) == lines{": is nested deeper than 64, or has more than 100000 values"});
  CHECK(check(json{{"const", nested(depth - 1)}}, nested(depth - 1)).empty());
  CHECK(refusal(json{{"const", nested(depth)}}) ==
        lines{": the schema is nested deeper than 64, or has more than 100000 values"});
  CHECK(refusal(json{{"enum", json(std::vector<int>(100'000, 1))}}).size() == 1);
}

TEST_CASE("a value with endless mistakes gets a list that ends") {
  json large = json::array();
  for (int i = 0; i < 90'000; ++i) large.push_back("text");
  CHECK(check(json{{"items", {{"type", "integer"}}}}, large).size() == core::max_field_errors);
  json members = json::object();
  for (int i = 0; i < 90'000; ++i) members["member" + std::to_string(i)] = 1;
  CHECK(check(json{{"properties", {{"a", true}}}, {"additionalProperties", false}}, members).size() ==
        core::max_field_errors);
}
