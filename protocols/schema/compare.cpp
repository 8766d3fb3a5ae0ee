#include "protocols/schema/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mofa::schema {
namespace {

static_assert(std::numeric_limits<long double>::digits >= 64, "number() must hold every integer of 64 bits");

int rank(const json& value) { return value.is_number() ? 100 : static_cast<int>(value.type()); }

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

std::size_t length(const json& text) { return text.get_ref<const std::string&>().size(); }

int compare_numbers(const json& a, const json& b) {
  const auto x = number(a), y = number(b);
  // Not a number comes first, so that the order stays total.
  if (std::isnan(x) || std::isnan(y)) return order(std::isnan(y), std::isnan(x));
  return order(x, y);
}

int compare_arrays(const json& a, const json& b, std::int64_t& steps) {
  if (a.size() != b.size()) return order(a.size(), b.size());
  for (std::size_t i = 0; i < a.size() && steps > 0; ++i) {
    if (const int found = compare(a[i], b[i], steps); found != 0) return found;
  }
  return 0;
}

int compare_objects(const json& a, const json& b, std::int64_t& steps) {
  if (a.size() != b.size()) return order(a.size(), b.size());
  for (auto x = a.begin(), y = b.begin(); x != a.end() && steps > 0; ++x, ++y) {
    if (const int found = order(x.key(), y.key()); found != 0) return found;
    if (const int found = compare(*x, *y, steps); found != 0) return found;
  }
  return 0;
}

}  // namespace

long double number(const json& value) {
  if (value.is_number_unsigned()) return static_cast<long double>(value.get<std::uint64_t>());
  if (value.is_number_integer()) return static_cast<long double>(value.get<std::int64_t>());
  return static_cast<long double>(value.get<double>());
}

bool is_integral(const json& value) {
  if (!value.is_number_float()) return value.is_number_integer();
  const auto held = value.get<double>();
  return std::isfinite(held) && std::trunc(held) == held;
}

int compare(const json& a, const json& b, std::int64_t& steps) {
  if (--steps <= 0) return 0;
  if (rank(a) != rank(b)) return order(rank(a), rank(b));
  if (a.is_number()) return compare_numbers(a, b);
  switch (a.type()) {
    case json::value_t::boolean:
      return order(a.get<bool>(), b.get<bool>());
    case json::value_t::string:
      steps -= static_cast<std::int64_t>(std::min(length(a), length(b)) / bytes_per_step);
      return order(a.get_ref<const std::string&>(), b.get_ref<const std::string&>());
    case json::value_t::array:
      return compare_arrays(a, b, steps);
    case json::value_t::object:
      return compare_objects(a, b, steps);
    default:
      return 0;
  }
}

bool within(const json& value, std::size_t depth, std::size_t& values) {
  if (values == 0) return false;
  --values;
  if (!value.is_structured()) return true;
  return depth > 0 &&
         std::all_of(value.begin(), value.end(), [&](const json& each) { return within(each, depth - 1, values); });
}

}  // namespace mofa::schema
