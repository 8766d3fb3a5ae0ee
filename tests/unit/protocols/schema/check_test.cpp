#include "tests/unit/protocols/schema/fixture.hpp"

using namespace mofa;
using namespace mofa::schema;
using core::json;

TEST_CASE("a type is asked for by name, and the message says what came instead") {
  CHECK(check(R"({"type": "string"})", "1") == lines{": must be a string, not an integer"});
  CHECK(check(R"({"type": ["string", "null"]})", "[]") == lines{": must be null or a string, not an array"});
  CHECK(fits(R"({"type": ["string", "null"]})", "null"));
  CHECK(fits(R"({"type": "boolean"})", "true"));
  CHECK(fits(R"({"type": "object"})", "{}"));
  CHECK(fits(R"({"type": "array"})", "[]"));
}

TEST_CASE("an integer is a number without a fraction, however it is written") {
  CHECK(fits(R"({"type": "integer"})", "1"));
  CHECK(fits(R"({"type": "integer"})", "1.0"));
  CHECK(fits(R"({"type": "integer"})", "18446744073709551615"));
  CHECK_FALSE(fits(R"({"type": "integer"})", "1.5"));
  CHECK(fits(R"({"type": "number"})", "1"));
  CHECK_FALSE(fits(R"({"type": "number"})", "\"1\""));
}

TEST_CASE("missing and unknown members are named") {
  const char* source = R"({"type": "object", "properties": {"expression": {"type": "string", "maxLength": 5}},
                           "required": ["expression"], "additionalProperties": false})";
  CHECK(check(source, "{}") == lines{": missing member 'expression'"});
  CHECK(check(source, R"({"expresion": "1"})") ==
        lines{": missing member 'expression'", "/expresion: unknown member 'expresion'; did you mean 'expression'?"});
  CHECK(check(source, R"({"expression": "123456"})") == lines{"/expression: must have at most 5 characters, not 6"});
  CHECK(check(source, R"({"expression": "1", "a/b~": 1})") == lines{"/a~1b~0: unknown member 'a/b~'; known: expression"});
  CHECK(check(R"({"additionalProperties": false})", R"({"a": 1})") == lines{"/a: must not be here: no members are known"});
  CHECK(fits(source, R"({"expression": "12345"})"));
  CHECK(fits(R"({"required": ["a"], "properties": {"a": false}})", "7"));
}

TEST_CASE("errors deep in a value carry its pointer") {
  CHECK(check(R"({"properties": {"a": {"items": {"additionalProperties": {"type": "integer"}}}}})",
              R"({"a": [{"x": 1}, {"y": "no", "z": 2}]})") == lines{"/a/1/y: must be an integer, not a string"});
}

TEST_CASE("names with a slash are not mistaken for ways") {
  const char* source =
      R"({"properties": {"a/properties/b": {"type": "string"}, "a": {"properties": {"b": {"type": "integer"}}}}})";
  CHECK(fits(source, R"({"a/properties/b": "text", "a": {"b": 1}})"));
  CHECK(check(source, R"({"a/properties/b": 1, "a": {"b": "x"}})").size() == 2);
}

TEST_CASE("numbers keep to their bounds, also beyond what a double can hold") {
  CHECK(check(R"({"minimum": 3})", "2") == lines{": must be at least 3.0"});
  CHECK(fits(R"({"minimum": 3, "maximum": 3})", "3"));
  CHECK_FALSE(fits(R"({"exclusiveMinimum": 3})", "3"));
  CHECK_FALSE(fits(R"({"exclusiveMaximum": 3})", "3"));
  CHECK(fits(R"({"exclusiveMaximum": 3})", "2.999"));
  CHECK_FALSE(fits(R"({"maximum": 9007199254740992})", "9007199254740993"));
  CHECK_FALSE(fits(R"({"maximum": 9007199254740992})", "18446744073709551615"));
  CHECK(fits(R"({"minimum": 3})", "\"no number\""));
}

TEST_CASE("multiples are exact for integers and near enough for decimals") {
  CHECK(fits(R"({"multipleOf": 0.1})", "0.3"));
  CHECK(fits(R"({"multipleOf": 0.01})", "19.99"));
  CHECK_FALSE(fits(R"({"multipleOf": 0.01})", "19.995"));
  CHECK(fits(R"({"multipleOf": 3})", "9007199254740993"));
  CHECK_FALSE(fits(R"({"multipleOf": 3})", "9007199254740994"));
}

TEST_CASE("lengths count characters, not bytes") {
  CHECK(fits(R"({"minLength": 3, "maxLength": 3})", R"("äöü")"));
  CHECK(check(R"({"minLength": 1})", R"("")") == lines{": must have at least 1 character, not 0"});
  CHECK_FALSE(fits(R"({"minItems": 1})", "[]"));
  CHECK_FALSE(fits(R"({"maxItems": 1})", "[1, 2]"));
  CHECK_FALSE(fits(R"({"minProperties": 1})", "{}"));
  CHECK_FALSE(fits(R"({"maxProperties": 1})", R"({"a": 1, "b": 2})"));
}

TEST_CASE("enum and const compare values as JSON does") {
  CHECK(check(R"({"enum": ["UTC"]})", R"("CET")") == lines{": must be 'UTC'"});
  CHECK(check(R"({"enum": ["a", 1, null]})", "2") == lines{": must be one of 'a', 1, null"});
  CHECK(fits(R"({"const": 1})", "1.0"));
  CHECK(fits(R"({"const": {"a": [1, 2.0]}})", R"({"a": [1.0, 2]})"));
  CHECK_FALSE(fits(R"({"const": {"a": [1, 2]}})", R"({"a": [2, 1]})"));
  CHECK_FALSE(fits(R"({"const": 18446744073709551615})", "-1"));
  CHECK_FALSE(fits(R"({"const": 9007199254740993})", "9007199254740992"));
  CHECK_FALSE(fits(R"({"const": false})", "0"));
  CHECK_FALSE(fits(R"({"const": null})", "false"));
  CHECK(check(R"({"enum": [0,1,2,3,4,5,6,7,8,9]})", "10") == lines{": must be one of 0, 1, 2, 3, 4, 5, 6, 7, …"});
}

TEST_CASE("items are checked one by one, by place, and for repetition") {
  CHECK(check(R"({"items": {"type": "integer"}})", R"([1, "2", 3, null])") ==
        lines{"/1: must be an integer, not a string", "/3: must be an integer, not null"});
  const char* places = R"({"items": [{"type": "integer"}, {"type": "string"}], "additionalItems": false})";
  CHECK(fits(places, R"([1, "a"])"));
  CHECK(fits(places, "[1]"));
  CHECK(check(places, R"([1, "a", 2])") == lines{"/2: is not allowed here"});
  CHECK(fits(R"({"items": [{"type": "integer"}]})", R"([1, "anything"])"));
  CHECK(check(R"({"uniqueItems": true})", R"([{"a": 1}, 2, {"a": 1.0}])") ==
        lines{": must not repeat an item: 0 and 2 are equal"});
  CHECK(fits(R"({"uniqueItems": true})", R"([1, "1", true, null, [1], {"a": 1}, -1, 18446744073709551615])"));
  CHECK(check(R"({"contains": {"const": 3}})", "[1, 2]") == lines{": has no item that fits 'contains'"});
  CHECK(fits(R"({"contains": {"const": 3}})", "[1, 3]"));
}

TEST_CASE("combinations say what was wrong with each alternative") {
  CHECK(check(R"({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "integer"}}]})", R"(["a"])") ==
        lines{": fits none of its alternatives: must be a string, not an array; or 0 must be an integer, not a string"});
  CHECK(check(R"({"oneOf": [{"type": "integer"}, {"minimum": 5}]})", "7") ==
        lines{": must fit exactly one of its alternatives, and fits 0 and 1 (counted from 0)"});
  CHECK(fits(R"({"oneOf": [{"type": "integer"}, {"minimum": 5}]})", "3"));
  CHECK(check(R"({"oneOf": [{"type": "string"}, {"const": 5}]})", "7") ==
        lines{": fits none of its alternatives: must be a string, not an integer; or must be 5"});
  CHECK(check(R"({"not": {"type": "string"}})", R"("a")") == lines{": is what the schema forbids with 'not'"});
  CHECK(check(R"({"allOf": [{"minimum": 5}, {"type": "string"}]})", "1").size() == 2);
  CHECK(fits(R"({"not": {"not": {"type": "string"}}})", R"("a")"));
}

TEST_CASE("a condition decides which part is asked") {
  const char* source = R"({"if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
                           "then": {"required": ["x"]}, "else": {"required": ["y"]}})";
  CHECK(check(source, R"({"kind": "a"})") == lines{": missing member 'x'"});
  CHECK(check(source, R"({"kind": "b"})") == lines{": missing member 'y'"});
  CHECK(fits(source, R"({"kind": "b", "y": 1})"));
  CHECK(fits(R"({"then": false})", "1"));
  // The condition of a part that is reached by reference is not the part itself.
  CHECK(fits(R"({"$ref": "#/definitions/a", "definitions": {"a": {"if": {"type": "string"}, "then": {"minLength": 1}}}})",
             "7"));
}

TEST_CASE("dependencies and names of members are checked") {
  CHECK(check(R"({"dependencies": {"a": ["b"]}})", R"({"a": 1})") == lines{": missing member 'b', needed by 'a'"});
  CHECK(check(R"({"dependencies": {"a": {"required": ["c"]}}})", R"({"a": 1})") == lines{": missing member 'c'"});
  CHECK(fits(R"({"dependencies": {"a": ["b"]}})", R"({"c": 1})"));
  CHECK(check(R"({"propertyNames": {"maxLength": 2}})", R"({"abc": 1, "d": 2})") ==
        lines{"/abc: must have at most 2 characters, not 3"});
}

TEST_CASE("a schema may describe trees by referring to itself") {
  const char* source =
      R"({"definitions": {"node": {"type": "object", "properties": {"children": {"items": {"$ref": "#/definitions/node"}},
                           "n": {"type": "integer"}}, "additionalProperties": false}}, "$ref": "#/definitions/node"})";
  CHECK(fits(source, R"({"n": 1, "children": [{"n": 2, "children": []}, {"children": [{"n": 3}]}]})"));
  CHECK(check(source, R"({"children": [{"children": [{"n": "3"}]}]})") ==
        lines{"/children/0/children/0/n: must be an integer, not a string"});
  CHECK(fits(R"({"properties": {"next": {"$ref": "#"}}})", R"({"next": {"next": {}}})"));
  CHECK(fits(R"({"propertyNames": {"$ref": "#"}})", R"({"a": 1})"));
}

TEST_CASE("siblings of a reference do not count") {
  CHECK(fits(R"({"$ref": "#/definitions/a", "type": "string", "definitions": {"a": {"type": "integer"}}})", "1"));
}

TEST_CASE("a compiled schema outlives its source") {
  core::schema_ptr kept;
  {
    auto source = json::parse(R"({"properties": {"a": {"enum": [["long enough to be on the heap, surely so"]]}}})");
    kept = *compile(source);
    source = nullptr;
  }
  CHECK(kept->check(json::parse(R"({"a": ["long enough to be on the heap, surely so"]})")).empty());
  CHECK(kept->check(json::parse(R"({"a": 1})")).size() == 1);
}
