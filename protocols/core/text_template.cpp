#include "protocols/core/text_template.hpp"

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <optional>

namespace mofa::core {
namespace {

constexpr std::size_t nesting_max = 8;  // the library walks sections by recursion

struct tag {
  char sigil = ' ';  // one of #^/>&!= or a space for a variable
  std::string_view name;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// The tags in order, by the library's own rules; an unclosed one ends the list and is left for the library to report.
std::vector<tag> tags_of(std::string_view source) {
  std::vector<tag> found;
  for (auto at = source.find("{{"); at != std::string_view::npos; at = source.find("{{", at)) {
    const bool triple = source.substr(at + 2).starts_with('{');
    const std::string_view closing = triple ? "}}}" : "}}";
    const auto begin = at + closing.size();
    const auto end = source.find(closing, begin);
    if (end == std::string_view::npos) break;
    auto inner = trimmed(source.substr(begin, end - begin));
    tag one;
    constexpr std::string_view sigils = "#^/>&!=";
    if (!inner.empty() && (inner[0] == '=' || (!triple && sigils.find(inner[0]) != std::string_view::npos))) {
      one.sigil = inner[0];
      inner = trimmed(inner.substr(1));
    }
    one.name = inner;
    found.push_back(one);
    at = end + closing.size();
  }
  return found;
}

std::optional<std::string> objection(const std::vector<tag>& tags) {
  std::size_t depth = 0;
  for (const auto& one : tags) {
    // A partial would run a variable's text as a template: what a client wrote must stay text.
    if (one.sigil == '>') return "partials ({{>name}}) are not supported";
    if (one.sigil == '=') return "other delimiters ({{=…=}}) are not supported";
    if (one.sigil == '!') continue;
    if (one.name.empty()) return "a tag has no name";
    if (one.name.find('.') != std::string_view::npos) return "variables are texts: a dot names nothing in them";
    if ((one.sigil == '#' || one.sigil == '^') && ++depth > nesting_max) {
      return "sections are nested deeper than " + std::to_string(nesting_max);
    }
    if (one.sigil == '/' && depth > 0) --depth;
  }
  return std::nullopt;
}

}  // namespace

struct text_template::parsed {
  explicit parsed(const std::string& source) : inner(source) {
    inner.set_custom_escape([](const std::string& text) { return text; });
  }
  // render() is not const in the library, but without partials and lambdas it only reads: safe on many threads at once.
  mutable kainjow::mustache::mustache inner;
};

result<text_template> text_template::parse(std::string source) {
  text_template made;
  made.source_ = std::move(source);
  if (made.source_.find("{{") == std::string::npos) return made;

  const auto tags = tags_of(made.source_);
  if (auto why = objection(tags)) return fail(errc::invalid, "not a valid template: " + *why);
  auto compiled = std::make_shared<parsed>(made.source_);
  if (!compiled->inner.is_valid()) return fail(errc::invalid, "not a valid template: " + compiled->inner.error_message());
  made.parsed_ = std::move(compiled);

  for (const auto& one : tags) {
    if (one.sigil == '!' || one.sigil == '/') continue;
    const auto known =
        std::find_if(made.uses_.begin(), made.uses_.end(), [&](const auto& use) { return use.first == one.name; });
    if (known == made.uses_.end()) {
      made.uses_.emplace_back(one.name, 1);
    } else {
      ++known->second;
    }
  }
  return made;
}

std::vector<std::string_view> text_template::names() const {
  std::vector<std::string_view> out;
  for (const auto& [name, count] : uses_) out.emplace_back(name);
  return out;
}

std::size_t text_template::bound_bytes(const variables& values) const {
  auto bytes = source_.size();
  for (const auto& [name, count] : uses_) {
    if (const auto* value = values.find(name)) bytes += count * value->size();
  }
  return bytes;
}

std::string text_template::render(const variables& values) const {
  if (!parsed_) return source_;
  kainjow::mustache::data scope;
  for (const auto& [name, count] : uses_) {
    if (const auto* value = values.find(name)) scope[name] = kainjow::mustache::data{*value};
  }
  return parsed_->inner.render(scope);
}

}  // namespace mofa::core
