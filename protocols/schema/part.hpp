// What a schema says about one value: its parts, and in each of them the rules that its keywords have become.
// Made by the reader, walked by the checker; owned by the schema that was compiled.
// Immutable once read; any thread.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/schema/compare.hpp"

namespace mofa::schema {

struct part;

/// A word of `type`, the same for people, and whether a value is one.
struct json_type {
  std::string_view name;
  std::string_view shown;
  bool (*holds)(const json& value);
};
inline constexpr std::array<json_type, 7> json_types{{
    {"array", "an array", [](const json& value) { return value.is_array(); }},
    {"boolean", "true or false", [](const json& value) { return value.is_boolean(); }},
    {"integer", "an integer", [](const json& value) { return is_integral(value); }},
    {"null", "null", [](const json& value) { return value.is_null(); }},
    {"number", "a number", [](const json& value) { return value.is_number(); }},
    {"object", "an object", [](const json& value) { return value.is_object(); }},
    {"string", "a string", [](const json& value) { return value.is_string(); }},
}};

/// `type`: one of these, a bit for each of json_types.
struct type_rule {
  std::bitset<json_types.size()> wanted;
};

/// `enum`; `const` is one value.
struct enum_rule {
  std::vector<json> values;
};

enum class relation { at_least, above, at_most, below };

/// `minimum`, `exclusiveMinimum`, `maximum`, `exclusiveMaximum`.
struct bound_rule {
  relation to;
  double limit;
};

/// `multipleOf`
struct multiple_rule {
  double divisor;
};

enum class measure { characters, items, members };

/// `minLength`, `maxItems` and their like: both ends are included.
struct size_rule {
  measure of;
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// `uniqueItems`
struct unique_rule {};

/// `required`
struct required_rule {
  std::set<std::string> names;
};

/// `contains`
struct contains_rule {
  const part* item;
};

/// `propertyNames`
struct names_rule {
  const part* name;
};

/// `not`
struct not_rule {
  const part* forbidden;
};

/// `allOf`
struct all_rule {
  std::vector<const part*> parts;
};

/// `anyOf`
struct any_rule {
  std::vector<const part*> parts;
};

/// `oneOf`
struct one_rule {
  std::vector<const part*> parts;
};

/// `dependencies`: what a member wants beside it, by its name.
struct dependencies_rule {
  std::map<std::string, std::set<std::string>> members;
  std::map<std::string, const part*> parts;
};

/// `items` and `additionalItems`: the first ones by place, then all others alike.
struct items_rule {
  std::vector<const part*> first;
  const part* further;
};

/// `properties` and `additionalProperties`
struct properties_rule {
  std::map<std::string, const part*> known;
  const part* further;
};

/// `if`, `then` and `else`; a branch that is not there is null.
struct condition_rule {
  const part* question;
  const part* yes;
  const part* no;
};

using rule = std::variant<type_rule, enum_rule, bound_rule, multiple_rule, size_rule, unique_rule, required_rule,
                          contains_rule, names_rule, not_rule, all_rule, any_rule, one_rule, dependencies_rule, items_rule,
                          properties_rule, condition_rule>;

/// A place of the schema that is a schema itself. All rules must be obeyed; they are asked in this order.
struct part {
  bool never = false;  ///< the schema `false`
  std::vector<rule> rules;
};

/// All parts of a schema, the root first. The rules point from part to part, in circles too.
using part_list = std::vector<std::unique_ptr<part>>;

}  // namespace mofa::schema
