#include "server/tools/number.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace mofa::tools {
namespace {

constexpr int shown_digits = 15;
/// Every integer up to here is a double.
constexpr double exact_doubles = 9007199254740992.0;  // 2^53

std::int64_t power_of_ten(int exponent) {
  std::int64_t out = 1;
  for (int i = 0; i < exponent; ++i) out *= 10;
  return out;
}

std::optional<std::int64_t> times(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (__builtin_mul_overflow(a, b, &out)) return std::nullopt;
  return out;
}

/// value * 10^places, if it fits.
std::optional<std::int64_t> shifted(std::int64_t value, int places) {
  if (places > 18) return value == 0 ? std::optional<std::int64_t>{0} : std::nullopt;
  return times(value, power_of_ten(places));
}

}  // namespace

number number::real(double value) {
  number out;
  out.exact_ = false;
  out.real_ = value;
  return out;
}

number number::decimal(std::int64_t value, int scale) {
  number out;
  for (; scale > 0 && value % 10 == 0; --scale) value /= 10;
  out.digits_ = value;
  out.scale_ = scale;
  return out;
}

std::optional<number> number::parse(std::string_view literal) {
  const auto end_of_digits = std::min(literal.find_first_of("eE"), literal.size());
  std::int64_t digits = 0;
  int scale = 0;
  bool exact = true, fraction = false;
  for (const char c : literal.substr(0, end_of_digits)) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    exact = exact && !__builtin_mul_overflow(digits, std::int64_t{10}, &digits) &&
            !__builtin_add_overflow(digits, static_cast<std::int64_t>(c - '0'), &digits);
    if (fraction) ++scale;
  }
  int exponent = 0;
  auto power = literal.substr(std::min(end_of_digits + 1, literal.size()));
  if (power.starts_with('+')) power.remove_prefix(1);
  if (!power.empty())
    exact = std::from_chars(power.data(), power.data() + power.size(), exponent).ec == std::errc{} &&
            std::abs(exponent) < 1000 && exact;
  if (exact) {
    scale -= exponent;
    if (scale < 0) {
      if (const auto whole = shifted(digits, -scale)) return integer(*whole);
    } else if (digits == 0 || scale <= max_scale) {
      return decimal(digits, scale);
    }
  }
  double value = 0;
  if (std::from_chars(literal.data(), literal.data() + literal.size(), value).ec != std::errc{}) return std::nullopt;
  return real(value);
}

bool number::finite() const { return exact_ || std::isfinite(real_); }

double number::as_double() const {
  return exact_ ? static_cast<double>(digits_) / static_cast<double>(power_of_ten(scale_)) : real_;
}

std::optional<std::int64_t> number::as_integer() const {
  return exact_ && scale_ == 0 ? std::optional{digits_} : std::nullopt;
}

std::string number::text() const {
  if (!exact_) {
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), real_ == 0 ? 0.0 : real_,
                                   std::chars_format::general, shown_digits);
    return {buffer.data(), end.ptr};
  }
  auto out = std::to_string(digits_);
  if (scale_ == 0) return out;
  const std::size_t sign = digits_ < 0 ? 1 : 0, places = static_cast<std::size_t>(scale_);
  if (out.size() - sign <= places) out.insert(sign, places + 1 - (out.size() - sign), '0');
  return out.insert(out.size() - places, 1, '.');
}

number number::operator-() const {
  if (!exact_) return real(-real_);
  const auto turned = times(digits_, -1);
  return turned ? decimal(*turned, scale_) : real(-as_double());
}

number operator+(const number& a, const number& b) {
  if (a.exact_ && b.exact_) {
    const int scale = std::max(a.scale_, b.scale_);
    const auto x = shifted(a.digits_, scale - a.scale_), y = shifted(b.digits_, scale - b.scale_);
    std::int64_t sum = 0;
    if (x && y && !__builtin_add_overflow(*x, *y, &sum)) return number::decimal(sum, scale);
  }
  return number::real(a.as_double() + b.as_double());
}

number operator*(const number& a, const number& b) {
  if (a.exact_ && b.exact_ && a.scale_ + b.scale_ <= number::max_scale) {
    if (const auto product = times(a.digits_, b.digits_)) return number::decimal(*product, a.scale_ + b.scale_);
  }
  return number::real(a.as_double() * b.as_double());
}

number operator/(const number& a, const number& b) {
  if (a.exact_ && b.exact_) {
    // Digits are added to the dividend until nothing is left over, or until they do not fit any more.
    int scale = a.scale_ - b.scale_;
    auto left = scale < 0 ? shifted(a.digits_, -scale) : std::optional{a.digits_};
    for (scale = std::max(scale, 0); left && scale <= number::max_scale; ++scale, left = shifted(*left, 1)) {
      if (b.digits_ == -1) return -number::decimal(*left, scale);
      if (*left % b.digits_ == 0) return number::decimal(*left / b.digits_, scale);
    }
  }
  return number::real(a.as_double() / b.as_double());
}

number operator%(const number& a, const number& b) {
  if (a.exact_ && b.exact_) {
    const int scale = std::max(a.scale_, b.scale_);
    const auto x = shifted(a.digits_, scale - a.scale_), y = shifted(b.digits_, scale - b.scale_);
    if (x && y) return number::decimal(*y == -1 ? 0 : *x % *y, scale);
  }
  return number::real(std::fmod(a.as_double(), b.as_double()));
}

bool operator<(const number& a, const number& b) {
  if (a.exact_ && b.exact_) {
    const int scale = std::max(a.scale_, b.scale_);
    const auto x = shifted(a.digits_, scale - a.scale_), y = shifted(b.digits_, scale - b.scale_);
    if (x && y) return *x < *y;
  }
  return a.as_double() < b.as_double();
}

number number::power(const number& base, const number& exponent) {
  const auto times_itself = exponent.as_integer();
  if (base.exact_ && times_itself && *times_itself >= -1024 && *times_itself <= 1024) {
    number out = integer(1), square = base;
    for (auto left = std::abs(*times_itself); left > 0; left /= 2) {
      if (left % 2 == 1) out = out * square;
      if (left > 1) square = square * square;
    }
    if (*times_itself < 0 && !out.zero()) out = integer(1) / out;
    if (out.exact_) return out;
  }
  return real(std::pow(base.as_double(), exponent.as_double()));
}

number number::square_root(const number& of) {
  const auto root = std::sqrt(of.as_double());
  if (of.exact_) {
    const bool odd = of.scale_ % 2 != 0;
    const auto digits = odd ? shifted(of.digits_, 1) : std::optional{of.digits_};
    const int scale = (of.scale_ + (odd ? 1 : 0)) / 2;
    if (digits) {
      const auto guess = std::llround(std::sqrt(static_cast<double>(*digits)));
      if (times(guess, guess) == digits) return decimal(guess, scale);
    }
  }
  return real(root);
}

number number::rounded(toward where, int places) const {
  if (!exact_) {
    const auto unit = static_cast<double>(power_of_ten(places));
    const auto wide = real_ * unit;
    const auto whole = where == toward::below   ? std::floor(wide)
                       : where == toward::above ? std::ceil(wide)
                                                : std::round(wide);
    if (std::abs(whole) <= exact_doubles) return decimal(static_cast<std::int64_t>(whole), places);
    return real(real_);
  }
  if (scale_ <= places) return *this;
  const auto unit = power_of_ten(scale_ - places);
  const auto rest = digits_ % unit;
  auto whole = digits_ / unit;
  if (where == toward::below && rest < 0) --whole;
  if (where == toward::above && rest > 0) ++whole;
  if (where == toward::nearest && std::abs(rest) >= unit - std::abs(rest)) whole += rest < 0 ? -1 : 1;
  return decimal(whole, places);
}

}  // namespace mofa::tools
