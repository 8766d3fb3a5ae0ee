#include "server/tools/expression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include "server/base/nearest.hpp"

namespace mofa::tools {
namespace {

constexpr int deepest = 100;
constexpr int most_places = 15;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

struct function {
  std::string_view name;
  std::size_t least, most;  ///< how many arguments
};
constexpr std::array<function, 13> functions{{{"sqrt", 1, 1},
                                              {"abs", 1, 1},
                                              {"round", 1, 2},
                                              {"floor", 1, 1},
                                              {"ceil", 1, 1},
                                              {"min", 1, 100},
                                              {"max", 1, 100},
                                              {"log", 1, 1},
                                              {"ln", 1, 1},
                                              {"exp", 1, 1},
                                              {"sin", 1, 1},
                                              {"cos", 1, 1},
                                              {"tan", 1, 1}}};

/// Recursive descent; after the first failure every step only returns.
class parser {
 public:
  explicit parser(std::string_view text) : text_(text) {}

  result<number> run() {
    const auto value = sum();
    if (!failure_ && at_ < text_.size()) unexpected();
    if (failure_) return fail(errc::invalid, *failure_);
    return value;
  }

 private:
  number sum();
  number product();
  number unary();
  number power();
  number primary();
  number named();
  number literal();
  number call(const function& what, std::size_t column);
  number apply(std::string_view name, const std::vector<number>& given, std::size_t column);
  number quotient(const number& a, const number& b, bool remainder, std::size_t column);

  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (failure_ || peek() != wanted || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  /// What is accepted is ASCII: up to the first mistake, bytes are characters.
  std::size_t column() const { return at_ + 1; }
  number refuse(const std::string& why, std::size_t column) {
    if (!failure_) failure_ = why + " at column " + std::to_string(column);
    return {};
  }
  number unexpected();
  number checked(const number& value, std::size_t column);

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<std::string> failure_;
};

number parser::unexpected() {
  if (peek() == '\0' && at_ == text_.size())
    return refuse(text_.find_first_not_of(" \t\r\n") == std::string_view::npos ? "nothing to calculate" : "unexpected end",
                  column());
  auto end = at_ + 1;
  while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
  const bool shown = static_cast<unsigned char>(text_[at_]) > 0x20 && text_[at_] != 0x7F;
  return refuse("unexpected " + (shown ? "'" + std::string{text_.substr(at_, end - at_)} + "'" : "control character"),
                column());
}

number parser::checked(const number& value, std::size_t column) {
  if (failure_ || value.finite()) return value;
  return refuse(std::isnan(value.as_double()) ? "no real number" : "the number is too large", column);
}

number parser::sum() {
  auto value = product();
  while (!failure_) {
    const auto sign = peek();
    const auto where = column();
    if (take('+')) {
      value = checked(value + product(), where);
    } else if (sign == '-' && take('-')) {
      value = checked(value - product(), where);
    } else {
      break;
    }
  }
  return value;
}

number parser::product() {
  auto value = unary();
  while (!failure_) {
    const auto sign = peek();
    const auto where = column();
    if (take('*')) {
      value = checked(value * unary(), where);
    } else if (take('/') || take('%')) {
      value = quotient(value, unary(), sign == '%', where);
    } else {
      break;
    }
  }
  return value;
}

number parser::quotient(const number& a, const number& b, bool remainder, std::size_t column) {
  if (failure_) return {};
  if (b.zero()) return refuse("division by zero", column);
  return checked(remainder ? a % b : a / b, column);
}

number parser::unary() {
  if (depth_ >= deepest) return refuse("nested deeper than " + std::to_string(deepest), column());
  ++depth_;
  number value;
  if (take('-')) {
    value = -unary();
  } else if (take('+')) {
    value = unary();
  } else {
    value = power();
  }
  --depth_;
  return value;
}

number parser::power() {
  const auto base = primary();
  peek();
  const auto where = column();
  if (!take('^')) return base;
  const auto exponent = unary();
  if (failure_) return {};
  if (base.zero() && exponent.negative()) return refuse("division by zero", where);
  return checked(number::power(base, exponent), where);
}

number parser::primary() {
  const char next = peek();
  if (failure_) return {};
  if (take('(')) {
    const auto value = sum();
    if (!failure_ && !take(')')) {
      if (at_ < text_.size()) return unexpected();
      return refuse("missing ')'", column());
    }
    return value;
  }
  if (is_digit(next) || next == '.') return literal();
  if (is_letter(next)) return named();
  return unexpected();
}

number parser::literal() {
  const auto start = at_;
  std::size_t digits = 0;
  const auto run = [&] {
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) ++digits;
  };
  run();
  if (at_ < text_.size() && text_[at_] == '.') {
    ++at_;
    run();
  }
  if (digits == 0) {
    at_ = start;
    return unexpected();
  }
  // "2e" is not an exponent: e may follow as a mistake, and is named as such.
  if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
    auto after = at_ + 1;
    if (after < text_.size() && (text_[after] == '+' || text_[after] == '-')) ++after;
    if (after < text_.size() && is_digit(text_[after])) {
      at_ = after;
      run();
    }
  }
  const auto value = number::parse(text_.substr(start, at_ - start));
  return value ? *value : refuse("the number is too large or too small", start + 1);
}

number parser::named() {
  const auto start = at_;
  while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
  const auto name = text_.substr(start, at_ - start);
  if (name == "pi") return number::real(std::numbers::pi);
  if (name == "e") return number::real(std::numbers::e);
  std::vector<std::string_view> known{"pi", "e"};
  for (const auto& each : functions) {
    if (each.name == name) return call(each, start + 1);
    known.push_back(each.name);
  }
  std::string why = "unknown name '" + std::string{name.substr(0, 32)} + "'";
  // A name of a letter or two is near to everything that is short.
  if (const auto near = name.size() > 2 ? nearest_name(name, known) : std::nullopt)
    why += "; did you mean '" + std::string{*near} + "'?";
  return refuse(why, start + 1);
}

number parser::call(const function& what, std::size_t column) {
  if (!take('(')) return refuse("'" + std::string{what.name} + "' needs its arguments in parentheses", column);
  std::vector<number> given;
  do {
    given.push_back(sum());
    if (failure_) return {};
  } while (take(','));
  if (!take(')')) return at_ < text_.size() ? unexpected() : refuse("missing ')'", this->column());
  if (given.size() < what.least || given.size() > what.most) {
    return refuse("'" + std::string{what.name} + "' takes " + std::to_string(what.least) +
                      (what.most > what.least ? " to " + std::to_string(what.most) : "") + " arguments, not " +
                      std::to_string(given.size()),
                  column);
  }
  return checked(apply(what.name, given, column), column);
}

number parser::apply(std::string_view name, const std::vector<number>& given, std::size_t column) {
  const auto& x = given.front();
  const auto value = x.as_double();
  if (name == "abs") return x.negative() ? -x : x;
  if (name == "floor") return x.rounded(number::toward::below, 0);
  if (name == "ceil") return x.rounded(number::toward::above, 0);
  if (name == "min") return *std::min_element(given.begin(), given.end());
  if (name == "max") return *std::max_element(given.begin(), given.end());
  if (name == "round") {
    const auto places = given.size() > 1 ? given[1].as_integer() : std::optional<std::int64_t>{0};
    if (!places || *places < 0 || *places > most_places)
      return refuse("'round' takes 0 to " + std::to_string(most_places) + " decimal places", column);
    return x.rounded(number::toward::nearest, static_cast<int>(*places));
  }
  if (name == "sqrt") return x.negative() ? refuse("'sqrt' of a negative number", column) : number::square_root(x);
  if (name == "exp") return number::real(std::exp(value));
  if (name == "sin") return number::real(std::sin(value));
  if (name == "cos") return number::real(std::cos(value));
  if (name == "tan") return number::real(std::tan(value));
  if (!(value > 0)) return refuse("'" + std::string{name} + "' needs a number greater than 0", column);
  return number::real(name == "ln" ? std::log(value) : std::log10(value));
}

}  // namespace

result<number> evaluate(std::string_view text) { return parser{text}.run(); }

}  // namespace mofa::tools
