#include "protocols/schema/reader.hpp"

#include <charconv>

#include "server/base/limits.hpp"
#include "server/base/nearest.hpp"

namespace mofa::schema {
namespace {

/// So many references may follow each other before a schema comes.
constexpr int reference_hops = 64;

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto* digits = text.data() + i + 1;
    if (const auto read = std::from_chars(digits, digits + 2, byte, 16); read.ptr != digits + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

/// One step of a JSON pointer, with "~1" and "~0" read back.
std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape = token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += escape ? (token[i + 1] == '0' ? '~' : '/') : token[i];
    if (escape) ++i;
  }
  return out;
}

std::optional<std::size_t> index_in(const json& array, std::string_view token) {
  std::size_t index = 0;
  const auto read = std::from_chars(token.data(), token.data() + token.size(), index);
  if (read.ec != std::errc{} || read.ptr != token.data() + token.size() || index >= array.size()) return std::nullopt;
  return index;
}

}  // namespace

reader::reader(const json& source) : source_(source) {}

result<part_list> reader::read() {
  std::size_t values = limits::document_values;
  if (!within(source_, limits::document_depth, values)) {
    return core::invalid_fields({{"", "the schema is nested deeper than " + std::to_string(limits::document_depth) +
                                          ", or has more than " + std::to_string(limits::document_values) + " values"}});
  }
  part_at(source_, root_);
  for (now_ = 0; now_ < origins_.size(); ++now_) read_part();
  if (errors_.empty()) check_circles();
  if (!errors_.empty()) return core::invalid_fields(std::move(errors_));
  return std::move(parts_);
}

const part* reader::part_at(const json& node, const trail& at, bool same_value) {
  const auto* source = &node;
  const auto* place = &at;
  for (int hops = 0; source->is_object() && source->contains("$ref"); ++hops) {
    const auto& reference = (*source)["$ref"];
    if (!reference.is_string()) {
      add(below(*place, "$ref"), "must be a string, not " + std::string{core::type_name(reference)});
      return nullptr;
    }
    if (hops == reference_hops) {
      add(at, "refers in a circle, or through more than " + std::to_string(reference_hops) +
                  " others; let $ref name the schema itself");
      return nullptr;
    }
    source = follow(reference.get_ref<const std::string&>(), below(*place, "$ref"), place);
    if (source == nullptr) return nullptr;
  }
  if (!source->is_object() && !source->is_boolean()) {
    add(*place, "must be a schema: an object, true or false, not " + std::string{core::type_name(*source)});
    return nullptr;
  }
  const auto [known, fresh] = known_.try_emplace(source, parts_.size());
  if (fresh) {
    parts_.push_back(std::make_unique<part>());
    origins_.push_back({source, place, {}});
  }
  if (same_value) origins_[now_].in_place.push_back(known->second);
  return parts_[known->second].get();
}

const json* reader::follow(const std::string& reference, const trail& at, const trail*& target) {
  const bool pointer = reference == "#" || reference.starts_with("#/");
  const auto decoded = pointer ? percent_decoded(std::string_view{reference}.substr(1)) : std::nullopt;
  if (!decoded) {
    add(at, "'" + reference + "' is refused: only places of this document are read; put the schema under definitions " +
                "and refer to it as '#/definitions/NAME'");
    return nullptr;
  }
  const auto* node = &source_;
  target = &root_;
  std::string_view rest{*decoded};
  while (!rest.empty()) {
    const auto end = std::min(rest.find('/', 1), rest.size());
    const auto token = unescaped(rest.substr(1, end - 1));
    rest.remove_prefix(end);
    if (node->is_object()) {
      const auto found = node->find(token);
      node = found == node->end() ? nullptr : &*found;
      if (node != nullptr) target = &below(*target, found.key());
    } else {
      const auto index = node->is_array() ? index_in(*node, token) : std::nullopt;
      node = index ? &(*node)[*index] : nullptr;
      if (node != nullptr) target = &below(*target, *index);
    }
    if (node == nullptr) {
      add(at, "'" + reference + "' is no place of this schema");
      return nullptr;
    }
  }
  return node;
}

void reader::read_part() {
  const auto& node = *origins_[now_].source;
  const auto& at = *origins_[now_].at;
  if (node.is_boolean()) {
    parts_[now_]->never = !node.get<bool>();
    return;
  }
  for (const auto& entry : node.items()) {
    if (errors_.size() >= core::max_field_errors) return;
    read_member(entry.key(), entry.value(), below(at, entry.key()));
  }
  read_items(node, at);
  read_properties(node, at);
  read_condition(node, at);
}

void reader::read_member(const std::string& name, const json& value, const trail& at) {
  for (const auto& each : keywords())
    if (each.name == name) return (this->*each.read)(value, at);
  // Draft 7 wants unknown keywords to be ignored; a mistyped one would be a value that nobody checks.
  constexpr std::size_t shortest = 6, longest = 24;
  if (name.size() < shortest || name.size() > longest) return;
  for (const auto& each : keywords()) {
    if (each.name.size() >= shortest && edit_distance(name, each.name) <= 2)
      return add(at, "unknown keyword '" + name + "'; did you mean '" + std::string{each.name} + "'?");
  }
}

/// Refuses parts that lead back to themselves at the same value: no check of them would end.
void reader::check_circles() {
  std::vector<std::size_t> incoming(origins_.size(), 0), before(origins_.size(), 0), open;
  for (const auto& each : origins_)
    for (const auto next : each.in_place) ++incoming[next];
  for (std::size_t i = 0; i < origins_.size(); ++i)
    if (incoming[i] == 0) open.push_back(i);
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    for (const auto next : origins_[at].in_place)
      if (--incoming[next] == 0) open.push_back(next);
  }
  // What is left lies on a circle or behind one: going backwards ends on it.
  std::optional<std::size_t> at;
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    if (incoming[i] == 0) continue;
    at = i;
    for (const auto next : origins_[i].in_place) before[next] = i;
  }
  if (!at) return;
  for (std::size_t i = 0; i < origins_.size(); ++i) at = before[*at];
  add(*origins_[*at].at, "refers to itself without going into the value, so that no check would end");
}

const trail& reader::below(const trail& at, std::string_view name) { return trails_.emplace_back(trail{&at, name}); }
const trail& reader::below(const trail& at, std::size_t index) { return trails_.emplace_back(trail{&at, {}, index}); }

void reader::add(const trail& at, std::string message) {
  if (errors_.size() < core::max_field_errors) errors_.push_back({at.str(), std::move(message)});
}

}  // namespace mofa::schema
