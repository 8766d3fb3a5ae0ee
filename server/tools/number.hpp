// The numbers of the calculator: exact decimals while 64 bits hold their digits, doubles from there on.
// Values of one evaluation; owned by the expression that is evaluated.
// Pure functions over values; any thread. No overflow, no trap, whatever the operands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mofa::tools {

class number {
 public:
  /// The exact integer.
  static number integer(std::int64_t value) { return decimal(value, 0); }
  /// The nearest double; may be infinite or not a number, see `finite`.
  static number real(double value);
  /// digits, digits.digits, with an exponent: "17", ".5", "1.5e3". Nothing when a double cannot hold it.
  static std::optional<number> parse(std::string_view literal);

  bool exact() const { return exact_; }
  bool finite() const;
  bool zero() const { return exact_ ? digits_ == 0 : real_ == 0; }
  bool negative() const { return exact_ ? digits_ < 0 : real_ < 0; }
  double as_double() const;
  /// When it is exact and has no fraction.
  std::optional<std::int64_t> as_integer() const;

  /// Exact ones in full; others rounded to 15 significant digits, so that 0.1 + 0.2 is 0.3.
  std::string text() const;

  friend number operator+(const number& a, const number& b);
  friend number operator-(const number& a, const number& b) { return a + -b; }
  friend number operator*(const number& a, const number& b);
  /// b is not zero.
  friend number operator/(const number& a, const number& b);
  /// The remainder, with the sign of a; b is not zero.
  friend number operator%(const number& a, const number& b);
  friend bool operator<(const number& a, const number& b);
  number operator-() const;

  /// Not when the base is zero and the exponent negative.
  static number power(const number& base, const number& exponent);
  /// Of a number that is not negative.
  static number square_root(const number& of);
  enum class toward { below, above, nearest };
  /// To so many decimal places (0 to 15); nearest: halves go away from zero.
  number rounded(toward where, int places) const;

 private:
  /// value / 10^scale, brought to its smallest scale.
  static number decimal(std::int64_t value, int scale);
  static constexpr int max_scale = 18;

  bool exact_ = true;
  std::int64_t digits_ = 0;
  int scale_ = 0;  ///< decimal places of digits_, 0 to max_scale
  double real_ = 0;
};

}  // namespace mofa::tools
