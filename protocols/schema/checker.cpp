#include "protocols/schema/checker.hpp"

#include <algorithm>
#include <cmath>

#include "server/base/limits.hpp"

namespace mofa::schema {
namespace {

/// Parts within parts at one value and below: more would be a strain on the stack.
constexpr int deepest = 512;
constexpr std::size_t shown_bytes = 64;
constexpr std::size_t shown_values = 8;

/// At most shown_bytes of it, whole characters only.
std::string shown(std::string_view text) {
  if (text.size() <= shown_bytes) return std::string{text};
  auto end = shown_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string{text.substr(0, end)} + "…";
}

std::string shown(const json& value) {
  if (value.is_string()) return "'" + shown(std::string_view{value.get_ref<const std::string&>()}) + "'";
  return value.is_structured() ? std::string{core::type_name(value)} + " of the schema" : value.dump();
}

std::string shown(double number) { return json(number).dump(); }

std::string list(const std::vector<std::string>& words, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? last : std::string_view{", "};
    out += words[i];
  }
  return out;
}

std::uint64_t characters(std::string_view text) {
  return static_cast<std::uint64_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

core::field_errors checker::check(const part& root, const json& value) {
  core::field_errors errors;
  std::size_t values = limits::document_values;
  if (!within(value, limits::document_depth, values)) {
    return {{"", "is nested deeper than " + std::to_string(limits::document_depth) + ", or has more than " +
                     std::to_string(limits::document_values) + " values"}};
  }
  errors_ = &errors;
  room_ = core::max_field_errors;
  fits(root, value, trail{});
  if (spent_) return {{"", "takes too much work to check against its schema; give a smaller value, or a simpler schema"}};
  return errors;
}

bool checker::fits(const part& wanted, const json& value, const trail& at) {
  if (depth_ >= deepest) spent_ = true;
  if (!charge(1)) return false;
  const auto* outer_value = std::exchange(value_, &value);
  const auto* outer_at = std::exchange(at_, &at);
  ++depth_;
  bool good = !wanted.never;
  if (!good) add("is not allowed here");
  for (const auto& each : wanted.rules) {
    // With nobody to tell, the first failure is enough.
    if (spent_ || (!good && room_ == 0)) break;
    good = std::visit([this](const auto& one) { return obeys(one); }, each) && good;
  }
  --depth_;
  value_ = outer_value;
  at_ = outer_at;
  return good;
}

bool checker::fits_quietly(const part& wanted, const json& value, field_error* why) {
  core::field_errors found;
  auto* outer_errors = std::exchange(errors_, &found);
  const auto outer_room = std::exchange(room_, why != nullptr ? 1 : 0);
  const bool good = fits(wanted, value, *at_);
  errors_ = outer_errors;
  room_ = outer_room;
  if (why != nullptr && !found.empty()) *why = std::move(found.front());
  return good;
}

bool checker::charge(std::size_t work) {
  steps_ -= static_cast<std::int64_t>(work);
  if (steps_ <= 0) spent_ = true;
  return !spent_;
}

bool checker::add(std::string message) { return add(*at_, std::move(message)); }

bool checker::add(const trail& at, std::string message) {
  if (!spent_ && errors_->size() < room_) errors_->push_back({at.str(), std::move(message)});
  return false;
}

bool checker::obeys(const all_rule& all) {
  bool good = true;
  for (const auto* each : all.parts) {
    good = fits(*each, *value_, *at_) && good;
    if (spent_) return false;
  }
  return good;
}

bool checker::obeys(const any_rule& any) {
  std::vector<std::string> reasons;
  for (const auto* each : any.parts) {
    field_error why;
    if (fits_quietly(*each, *value_, room_ > 0 ? &why : nullptr)) return true;
    if (spent_) return false;
    const auto here = at_->str();
    if (reasons.size() < shown_values)
      reasons.push_back((why.path == here ? "" : why.path.substr(std::min(why.path.size(), here.size() + 1)) + " ") +
                        why.message);
  }
  return add("fits none of its alternatives: " + list(reasons, "; or "));
}

bool checker::obeys(const one_rule& one) {
  std::vector<std::string> fitting, reasons;
  for (std::size_t i = 0; i < one.parts.size() && fitting.size() < 2 && !spent_; ++i) {
    field_error why;
    if (fits_quietly(*one.parts[i], *value_, room_ > 0 ? &why : nullptr)) {
      fitting.push_back(std::to_string(i));
    } else if (reasons.size() < shown_values) {
      reasons.push_back(why.message);
    }
  }
  if (fitting.size() == 1) return true;
  if (fitting.empty()) return add("fits none of its alternatives: " + list(reasons, "; or "));
  return add("must fit exactly one of its alternatives, and fits " + list(fitting, " and ") + " (counted from 0)");
}

bool checker::obeys(const not_rule& negation) {
  return !fits_quietly(*negation.forbidden, *value_) || add("is what the schema forbids with 'not'");
}

bool checker::obeys(const condition_rule& condition) {
  const auto* next = fits_quietly(*condition.question, *value_) ? condition.yes : condition.no;
  return next == nullptr || fits(*next, *value_, *at_);
}

bool checker::obeys(const enum_rule& choice) {
  const auto& values = choice.values;
  // Out of steps, compare() says "equal": the search ends, and the check is void.
  const bool good =
      std::any_of(values.begin(), values.end(), [&](const json& each) { return compare(*value_, each, steps_) == 0; });
  if (!charge(0)) return false;
  if (good) return true;
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < std::min(values.size(), shown_values); ++i) wanted.push_back(shown(values[i]));
  if (values.size() > shown_values) wanted.emplace_back("…");
  return add((values.size() == 1 ? "must be " : "must be one of ") + list(wanted, ", "));
}

bool checker::obeys(const type_rule& types) {
  std::vector<std::string> wanted;
  for (std::size_t i = 0; i < json_types.size(); ++i) {
    if (!types.wanted[i]) continue;
    if (json_types[i].holds(*value_)) return true;
    wanted.emplace_back(json_types[i].shown);
  }
  return add("must be " + list(wanted, " or ") + ", not " + std::string{core::type_name(*value_)});
}

bool checker::obeys(const bound_rule& bound) {
  if (!value_->is_number()) return true;
  const auto held = number(*value_), limit = static_cast<long double>(bound.limit);
  switch (bound.to) {
    case relation::at_least:
      return held >= limit || add("must be at least " + shown(bound.limit));
    case relation::above:
      return held > limit || add("must be greater than " + shown(bound.limit));
    case relation::at_most:
      return held <= limit || add("must be at most " + shown(bound.limit));
    case relation::below:
      return held < limit || add("must be less than " + shown(bound.limit));
  }
  return true;
}

bool checker::obeys(const multiple_rule& multiple) {
  if (!value_->is_number()) return true;
  const auto by = static_cast<long double>(multiple.divisor);
  const auto times = number(*value_) / by;
  const auto rest = std::abs(times - std::round(times));
  // Decimals are not exact in binary: 0.3 counts as three times 0.1. Integers are exact.
  const bool whole = is_integral(*value_) && std::trunc(by) == by;
  const bool good = whole ? std::fmod(number(*value_), by) == 0 : rest <= 1e-9L * std::max(1.0L, std::abs(times));
  return good || add("must be a multiple of " + shown(multiple.divisor));
}

bool checker::obeys(const size_rule& size) {
  const bool text = size.of == measure::characters;
  if (text ? !value_->is_string() : size.of == measure::items ? !value_->is_array() : !value_->is_object()) return true;
  if (text && !charge(value_->get_ref<const std::string&>().size() / bytes_per_step)) return false;
  const auto held = text ? characters(value_->get_ref<const std::string&>()) : value_->size();
  if (held >= size.least && held <= size.most) return true;
  const bool few = held < size.least;
  const auto bound = few ? size.least : size.most;
  const std::string unit = text ? "character" : size.of == measure::items ? "item" : "member";
  return add("must have at " + std::string{few ? "least " : "most "} + std::to_string(bound) + " " + unit +
             (bound == 1 ? "" : "s") + ", not " + std::to_string(held));
}

}  // namespace mofa::schema
