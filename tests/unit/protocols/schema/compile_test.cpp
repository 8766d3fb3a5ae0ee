#include "tests/unit/protocols/schema/fixture.hpp"

using namespace mofa;
using namespace mofa::schema;
using core::json;

TEST_CASE("a schema is an object or a boolean") {
  CHECK(refusal("{}").empty());
  CHECK(refusal("true").empty());
  CHECK(refusal("7") == lines{": must be a schema: an object, true or false, not an integer"});
  CHECK(refusal(R"({"properties": {"a/b": []}})") ==
        lines{"/properties/a~1b: must be a schema: an object, true or false, not an array"});
}

TEST_CASE("every broken place of a schema is named") {
  CHECK(refusal(R"({"type": "text", "required": "a", "properties": {"n": {"minimum": "1", "maxLength": -1}},
                    "items": [{"enum": []}], "definitions": {"x": {"uniqueItems": 1}}})") ==
        lines{"/definitions/x/uniqueItems: must be true or false, not an integer",
              "/items/0/enum: must be an array of at least one value",
              "/properties/n/maxLength: must be a whole number from 0 on",
              "/properties/n/minimum: must be a number, not a string",
              "/required: must be an array of strings, not a string",
              "/type: must be one of array, boolean, integer, null, number, object, string"});
}

TEST_CASE("each keyword is refused in another form than its own") {
  for (const char* source : {R"({"type": []})",
                             R"({"type": ["string", 1]})",
                             R"({"enum": 1})",
                             R"({"minimum": null})",
                             R"({"maximum": "1"})",
                             R"({"exclusiveMinimum": true})",
                             R"({"exclusiveMaximum": true})",
                             R"({"multipleOf": 0})",
                             R"({"multipleOf": -2})",
                             R"({"minLength": 1.5})",
                             R"({"maxLength": "1"})",
                             R"({"minItems": -1})",
                             R"({"maxItems": null})",
                             R"({"minProperties": []})",
                             R"({"maxProperties": 1e300})",
                             R"({"uniqueItems": "yes"})",
                             R"({"required": [1]})",
                             R"({"contains": 1})",
                             R"({"propertyNames": "a"})",
                             R"({"not": null})",
                             R"({"allOf": []})",
                             R"({"anyOf": {}})",
                             R"({"oneOf": [1]})",
                             R"({"dependencies": []})",
                             R"({"dependencies": {"a": [1]}})",
                             R"({"dependencies": {"a": 1}})",
                             R"({"definitions": []})",
                             R"({"items": 1})",
                             R"({"items": [1]})",
                             R"({"additionalItems": 1})",
                             R"({"properties": []})",
                             R"({"properties": {"a": 1}})",
                             R"({"additionalProperties": "no"})",
                             R"({"if": 1})",
                             R"({"then": 1})",
                             R"({"else": 1})",
                             R"({"format": 1})",
                             R"({"$id": 1})",
                             R"({"$schema": 1})",
                             R"({"$ref": 1})"}) {
    CAPTURE(source);
    CHECK(refusal(source).size() == 1);
  }
}

TEST_CASE("draft 7 is read, another draft is refused with its name") {
  CHECK(refusal(R"({"$schema": "http://json-schema.org/draft-07/schema#"})").empty());
  CHECK(refusal(R"({"$schema": "https://json-schema.org/draft-07/schema"})").empty());
  CHECK(refusal(R"({"$schema": "https://json-schema.org/draft/2020-12/schema"})") ==
        lines{"/$schema: 'https://json-schema.org/draft/2020-12/schema' is refused: only draft 7 is read, "
              "'http://json-schema.org/draft-07/schema#'"});
  CHECK(refusal(R"({"prefixItems": [{}]})") == lines{"/prefixItems: is not in draft 7, the one that is read here"});
}

TEST_CASE("patterns are refused, with the reason") {
  const std::string reason = "is refused: there is no engine for patterns here yet that is safe against hostile ones";
  CHECK(refusal(R"({"properties": {"a": {"pattern": "^a+$"}}})") ==
        lines{"/properties/a/pattern: " + reason + "; say it with enum or maxLength"});
  CHECK(refusal(R"({"patternProperties": {"^a": {}}})") ==
        lines{"/patternProperties: " + reason + "; say it with enum or maxLength"});
  CHECK(refusal(R"({"format": "regex"})") == lines{"/format: 'regex' " + reason});
  CHECK(refusal(R"({"format": "date-time"})").empty());
  // A member may be called so.
  CHECK(refusal(R"({"properties": {"pattern": {"type": "string"}, "$ref": {"type": "string"}}})").empty());
}

TEST_CASE("a reference stays in the document") {
  for (const char* target : {"http://example.com/a.json", "other.json#/a", "#name", "", "urn:x", "//host/#/a", "#/a%2"}) {
    CAPTURE(target);
    const auto why = refusal(json{{"items", {{"$ref", target}}}, {"a", true}});
    REQUIRE(why.size() == 1);
    CHECK(why[0] ==
          "/items/$ref: '" + std::string{target} +
              "' is refused: only places of this document are read; put the schema under definitions and refer to it "
              "as '#/definitions/NAME'");
  }
  CHECK(refusal(R"({"$ref": "#/definitions/a"})") == lines{"/$ref: '#/definitions/a' is no place of this schema"});
  CHECK(refusal(R"({"allOf": [{"$ref": "#/allOf/7"}]})") == lines{"/allOf/0/$ref: '#/allOf/7' is no place of this schema"});
  CHECK(refusal(R"({"items": {"$ref": "#/title"}, "title": "a"})") ==
        lines{"/title: must be a schema: an object, true or false, not a string"});
}

TEST_CASE("a reference finds its place by pointer, escaped and percent-encoded") {
  for (const char* target : {"#/definitions/a~1b%20%7E0", "#/definitions/a~1b ~00"}) {
    const json source{{"$ref", target},
                      {"definitions", {{"a/b ~", {{"type", "string"}}}, {"a/b ~0", {{"type", "string"}}}}}};
    CAPTURE(target);
    CHECK(check(source, 1) == lines{": must be a string, not an integer"});
  }
  CHECK(check(R"({"allOf": [{"$ref": "#/allOf/1"}, {"type": "string"}]})", "1").size() == 2);
}

TEST_CASE("a mistyped keyword is named, a foreign one is ignored") {
  CHECK(refusal(R"({"requierd": ["a"]})") == lines{"/requierd: unknown keyword 'requierd'; did you mean 'required'?"});
  CHECK(refusal(R"({"x-order": 1, "nullable": true, "example": 1, "units": "m", "then_": 1})").empty());
}

TEST_CASE("what cannot be kept exactly is refused") {
  CHECK(refusal(R"({"maximum": 9007199254740993})").size() == 1);
  CHECK(refusal(R"({"maximum": 18446744073709551615})").size() == 1);
  CHECK(refusal(R"({"maximum": 9007199254740992})").empty());
  const std::string zero{"a\0b", 3};
  CHECK(refusal(json{{"required", {zero}}}).size() == 1);
  CHECK(refusal(json{{"properties", {{zero, true}}}}).size() == 1);
  CHECK(refusal(json{{"dependencies", {{zero, true}}}}).size() == 1);
}
