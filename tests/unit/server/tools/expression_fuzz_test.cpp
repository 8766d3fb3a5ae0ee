#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <random>
#include <string>

#include "server/tools/expression.hpp"

namespace {

/// An expression as a tree, with a value of its own that knows nothing of the parser: written out with as few parentheses as
/// the order of operations allows, so that the order is tested too.
struct tree {
  char operation = 0;  ///< 0: a number; 'n': unary minus
  long double value = 0;
  std::string text;
  int strength = 9;  ///< how tightly it binds: 1 sum, 2 product, 3 sign, 4 power, 9 number
  bool good = true;  ///< no division by zero, and nothing so large that it is rounded
};

using dice = std::mt19937_64;

std::string in_parentheses_if(bool needed, const std::string& text) { return needed ? "(" + text + ")" : text; }

tree number_tree(dice& from) {
  tree out;
  const auto whole = static_cast<long>(from() % 100);
  out.value = static_cast<long double>(whole);
  out.text = std::to_string(whole);
  if (from() % 3 == 0) {
    const auto quarter = static_cast<long>(from() % 4) * 25;
    out.value += static_cast<long double>(quarter) / 100;
    out.text += "." + std::to_string(quarter);
  }
  return out;
}

tree random_tree(dice& from, int depth) {
  if (depth == 0 || from() % 5 == 0) return number_tree(from);
  static constexpr char operations[] = {'+', '-', '*', '/', '%', '^', 'n'};
  tree out;
  out.operation = operations[from() % sizeof operations];
  auto left = random_tree(from, depth - 1);
  if (out.operation == 'n') {
    out.value = -left.value;
    out.strength = 3;
    out.good = left.good;
    out.text = "-" + in_parentheses_if(left.strength < 3, left.text);
    return out;
  }
  tree right;
  if (out.operation == '^') {
    right.value = static_cast<long double>(from() % 4);
    right.text = std::to_string(static_cast<int>(right.value));
  } else {
    right = random_tree(from, depth - 1);
  }
  const auto a = left.value, b = right.value;
  const bool divides = out.operation == '/' || out.operation == '%';
  out.good = left.good && right.good && !(divides && b == 0);
  switch (out.operation) {
    case '+':
      out.value = a + b, out.strength = 1;
      break;
    case '-':
      out.value = a - b, out.strength = 1;
      break;
    case '*':
      out.value = a * b, out.strength = 2;
      break;
    case '/':
      out.value = b == 0 ? 0 : a / b, out.strength = 2;
      break;
    case '%':
      out.value = b == 0 ? 0 : std::fmod(a, b), out.strength = 2;
      // A rounded operand may lie on the other side of a multiple.
      out.good = out.good && left.text.find('/') == std::string::npos && right.text.find('/') == std::string::npos;
      break;
    default:
      out.value = std::pow(a, b), out.strength = 4;
  }
  out.good = out.good && std::abs(out.value) < 1e12L;
  // From the left, but for powers: the right side needs more, the base of a power too.
  const bool power = out.operation == '^';
  out.text = in_parentheses_if(power ? left.strength <= 4 : left.strength < out.strength, left.text) + " " + out.operation +
             " " + in_parentheses_if(power ? right.strength < 3 : right.strength <= out.strength, right.text);
  return out;
}

}  // namespace

TEST_CASE("random expressions have the value that their tree has") {
  dice from{20'260'101};
  int compared = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto wanted = random_tree(from, 5);
    if (!wanted.good || wanted.text.size() > 1000) continue;
    CAPTURE(wanted.text);
    const auto got = mofa::tools::evaluate(wanted.text);
    REQUIRE(got);
    const auto far = std::abs(static_cast<long double>(got->as_double()) - wanted.value);
    CHECK(far <= 1e-6L + std::abs(wanted.value) * 1e-9L);
    ++compared;
  }
  CHECK(compared > 5'000);
}

TEST_CASE("random text is a number or an error with its column, and nothing else happens") {
  dice from{42};
  static constexpr std::string_view pieces[] = {"1",     "23",   ".5",   "9223372036854775807",
                                                "1e308", "+",    "-",    "*",
                                                "/",     "%",    "^",    "(",
                                                ")",     ",",    " ",    "e",
                                                "E",     "sqrt", "max",  "round(",
                                                "pi",    "ln",   "\x80", "\n",
                                                "0",     "abs("};
  int numbers = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text;
    for (auto left = from() % 14; left > 0; --left) text += pieces[from() % std::size(pieces)];
    CAPTURE(text);
    const auto got = mofa::tools::evaluate(text);
    if (got) {
      ++numbers;
      CHECK(got->finite());
    } else {
      CHECK(got.error().detail.find(" at column ") != std::string::npos);
    }
  }
  CHECK(numbers > 1'000);
}
