#include <cmath>

#include "protocols/schema/reader.hpp"

namespace mofa::schema {
namespace {

/// Where a schema says nothing about further items or members.
const part anything{};

/// Bounds are kept as doubles: beyond this they would not be the number that was written.
constexpr long double exact_integers = 9007199254740992.0;  // 2^53

constexpr std::string_view no_engine =
    "is refused: there is no engine for patterns here yet that is safe against hostile ones";

std::string instead_of(std::string_view wanted, const json& value) {
  return "must be " + std::string{wanted} + ", not " + std::string{core::type_name(value)};
}

}  // namespace

const std::vector<reader::keyword>& reader::keywords() {
  static const std::vector<keyword> all{
      {"$schema", &reader::dialect},
      {"$id", &reader::id},
      {"type", &reader::type},
      {"enum", &reader::enumeration},
      {"const", &reader::constant},
      {"minimum", &reader::bound<relation::at_least>},
      {"maximum", &reader::bound<relation::at_most>},
      {"exclusiveMinimum", &reader::bound<relation::above>},
      {"exclusiveMaximum", &reader::bound<relation::below>},
      {"multipleOf", &reader::multiple_of},
      {"minLength", &reader::size<measure::characters, &size_rule::least>},
      {"maxLength", &reader::size<measure::characters, &size_rule::most>},
      {"minItems", &reader::size<measure::items, &size_rule::least>},
      {"maxItems", &reader::size<measure::items, &size_rule::most>},
      {"minProperties", &reader::size<measure::members, &size_rule::least>},
      {"maxProperties", &reader::size<measure::members, &size_rule::most>},
      {"uniqueItems", &reader::unique_items},
      {"required", &reader::required},
      {"contains", &reader::contains},
      {"propertyNames", &reader::property_names},
      {"not", &reader::negation},
      {"allOf", &reader::combination<all_rule>},
      {"anyOf", &reader::combination<any_rule>},
      {"oneOf", &reader::combination<one_rule>},
      {"dependencies", &reader::dependencies},
      {"definitions", &reader::definitions},
      {"$defs", &reader::definitions},
      {"format", &reader::format},
      {"pattern", &reader::no_pattern},
      {"patternProperties", &reader::no_pattern},
      // Later drafts: to ignore them would leave values unchecked that the author wants to be checked.
      {"prefixItems", &reader::later},
      {"minContains", &reader::later},
      {"maxContains", &reader::later},
      {"dependentRequired", &reader::later},
      {"dependentSchemas", &reader::later},
      {"unevaluatedItems", &reader::later},
      {"unevaluatedProperties", &reader::later},
      {"$dynamicRef", &reader::later},
      // Read together, after the others.
      {"items", &reader::noted},
      {"additionalItems", &reader::noted},
      {"properties", &reader::noted},
      {"additionalProperties", &reader::noted},
      {"if", &reader::noted},
      {"then", &reader::noted},
      {"else", &reader::noted},
      // For people.
      {"title", &reader::noted},
      {"description", &reader::noted},
      {"default", &reader::noted},
      {"examples", &reader::noted},
      {"example", &reader::noted},
      {"readOnly", &reader::noted},
      {"writeOnly", &reader::noted},
      {"deprecated", &reader::noted},
      {"contentEncoding", &reader::noted},
      {"contentMediaType", &reader::noted},
  };
  return all;
}

void reader::noted(const json&, const trail&) {}

void reader::later(const json&, const trail& at) { add(at, "is not in draft 7, the one that is read here"); }

void reader::dialect(const json& value, const trail& at) {
  if (!value.is_string()) return add(at, instead_of("a string", value));
  std::string_view uri{value.get_ref<const std::string&>()};
  if (uri.ends_with('#')) uri.remove_suffix(1);
  if (uri != "http://json-schema.org/draft-07/schema" && uri != "https://json-schema.org/draft-07/schema")
    add(at, "'" + std::string{uri} + "' is refused: only draft 7 is read, 'http://json-schema.org/draft-07/schema#'");
}

void reader::id(const json& value, const trail& at) {
  if (!value.is_string()) return add(at, instead_of("a string", value));
  if (now_ != 0) add(at, "may stand at the root only; name a part by its place: '#/definitions/NAME'");
}

void reader::format(const json& value, const trail& at) {
  if (!value.is_string()) return add(at, instead_of("a string", value));
  if (value == "regex") add(at, "'regex' " + std::string{no_engine});
}

void reader::no_pattern(const json&, const trail& at) {
  add(at, std::string{no_engine} + "; say it with enum or maxLength");
}

template <measure of, std::uint64_t size_rule::*end>
void reader::size(const json& value, const trail& at) {
  if (!is_integral(value) || number(value) < 0 || number(value) > exact_integers)
    return add(at, "must be a whole number from 0 on");
  size_rule made{of};
  made.*end = value.get<std::uint64_t>();
  keep(made);
}

std::optional<double> reader::number_at(const json& value, const trail& at) {
  if (!value.is_number()) {
    add(at, instead_of("a number", value));
    return std::nullopt;
  }
  const auto held = value.get<double>();
  if (std::isfinite(held) && (value.is_number_float() || std::abs(number(value)) <= exact_integers)) return held;
  add(at, "must be a number that a double holds exactly: an integer up to 2^53, or a decimal");
  return std::nullopt;
}

template <relation to>
void reader::bound(const json& value, const trail& at) {
  if (const auto limit = number_at(value, at)) keep(bound_rule{to, *limit});
}

void reader::multiple_of(const json& value, const trail& at) {
  const auto divisor = number_at(value, at);
  if (!divisor) return;
  if (*divisor <= 0) return add(at, "must be greater than 0");
  keep(multiple_rule{*divisor});
}

void reader::type(const json& value, const trail& at) {
  type_rule made;
  const auto one = [&](const json& name, const trail& where) {
    for (std::size_t i = 0; i < json_types.size(); ++i)
      if (name == json_types[i].name) return void(made.wanted.set(i));
    add(where, "must be one of array, boolean, integer, null, number, object, string");
  };
  if (!value.is_array()) one(value, at);
  if (value.is_array() && value.empty()) return add(at, "must name at least one type");
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) one(value[i], below(at, i));
  keep(made);
}

void reader::enumeration(const json& value, const trail& at) {
  if (!value.is_array() || value.empty()) return add(at, "must be an array of at least one value");
  enum_rule made;
  made.values.assign(value.begin(), value.end());
  keep(std::move(made));
}

void reader::constant(const json& value, const trail&) { keep(enum_rule{std::vector<json>(1, value)}); }

void reader::unique_items(const json& value, const trail& at) {
  if (!value.is_boolean()) return add(at, instead_of("true or false", value));
  if (value.get<bool>()) keep(unique_rule{});
}

bool reader::check_name(const std::string& name, const trail& at) {
  // Whoever ends text at a zero character would take it for a shorter name.
  if (name.find('\0') == std::string::npos) return true;
  add(at, "names a member with a zero character");
  return false;
}

std::optional<std::set<std::string>> reader::names(const json& value, const trail& at) {
  if (!value.is_array()) {
    add(at, instead_of("an array of strings", value));
    return std::nullopt;
  }
  std::set<std::string> out;
  bool good = true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!value[i].is_string()) {
      add(below(at, i), instead_of("a string", value[i]));
      good = false;
    } else if (good = check_name(value[i].get_ref<const std::string&>(), below(at, i)) && good; good) {
      out.insert(value[i].get<std::string>());
    }
  }
  if (!good) return std::nullopt;
  return out;
}

void reader::required(const json& value, const trail& at) {
  if (auto wanted = names(value, at)) keep(required_rule{*std::move(wanted)});
}

void reader::contains(const json& value, const trail& at) { keep(contains_rule{part_at(value, at)}); }

void reader::property_names(const json& value, const trail& at) { keep(names_rule{part_at(value, at)}); }

void reader::negation(const json& value, const trail& at) { keep(not_rule{part_at(value, at, true)}); }

template <class Rule>
void reader::combination(const json& value, const trail& at) {
  if (!value.is_array() || value.empty()) return add(at, "must be an array of at least one schema");
  Rule made;
  for (std::size_t i = 0; i < value.size(); ++i) made.parts.push_back(part_at(value[i], below(at, i), true));
  keep(std::move(made));
}

void reader::dependencies(const json& value, const trail& at) {
  if (!value.is_object()) return add(at, instead_of("an object", value));
  dependencies_rule made;
  for (const auto& entry : value.items()) {
    const auto& place = below(at, entry.key());
    if (!check_name(entry.key(), place)) continue;
    if (!entry.value().is_array()) {
      made.parts.emplace(entry.key(), part_at(entry.value(), place, true));
    } else if (auto wanted = names(entry.value(), place)) {
      made.members.emplace(entry.key(), *std::move(wanted));
    }
  }
  keep(std::move(made));
}

void reader::definitions(const json& value, const trail& at) {
  if (!value.is_object()) return add(at, instead_of("an object", value));
  for (const auto& entry : value.items()) part_at(entry.value(), below(at, entry.key()));
}

const part* reader::member(const json& node, const trail& at, const char* name, bool same_value) {
  const auto found = node.find(name);
  return found == node.end() ? nullptr : part_at(*found, below(at, name), same_value);
}

void reader::read_items(const json& node, const trail& at) {
  const auto items = node.find("items");
  const auto* further = member(node, at, "additionalItems");
  if (items == node.end()) return;
  const auto& place = below(at, "items");
  if (!items->is_array()) return keep(items_rule{{}, part_at(*items, place)});
  items_rule made{{}, further != nullptr ? further : &anything};
  for (std::size_t i = 0; i < items->size(); ++i) made.first.push_back(part_at((*items)[i], below(place, i)));
  keep(std::move(made));
}

void reader::read_properties(const json& node, const trail& at) {
  const auto properties = node.find("properties");
  const auto* further = member(node, at, "additionalProperties");
  if (properties == node.end() && further == nullptr) return;
  properties_rule made{{}, further != nullptr ? further : &anything};
  if (properties != node.end()) {
    const auto& place = below(at, "properties");
    if (!properties->is_object()) return add(place, instead_of("an object", *properties));
    for (const auto& entry : properties->items()) {
      const auto& own = below(place, entry.key());
      if (check_name(entry.key(), own)) made.known.emplace(entry.key(), part_at(entry.value(), own));
    }
  }
  keep(std::move(made));
}

void reader::read_condition(const json& node, const trail& at) {
  const condition_rule made{member(node, at, "if", true), member(node, at, "then", true), member(node, at, "else", true)};
  if (made.question != nullptr) keep(made);
}

}  // namespace mofa::schema
