#include "server/tools/expression.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

std::string value(std::string_view text) {
  const auto found = mofa::tools::evaluate(text);
  return found ? found->text() : found.error().detail;
}

std::string repeated(std::string_view what, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += what;
  return out;
}

}  // namespace

TEST_CASE("arithmetic keeps its order") {
  CHECK(value("17*23") == "391");
  CHECK(value(" 1 + 2 * 3 ") == "7");
  CHECK(value("(1 + 2) * 3") == "9");
  CHECK(value("10 - 4 - 3") == "3");
  CHECK(value("100 / 10 / 2") == "5");
  CHECK(value("2^3^2") == "512");
  CHECK(value("-2^2") == "-4");
  CHECK(value("2^-1") == "0.5");
  CHECK(value("(-2)^2") == "4");
  CHECK(value("--3 - -2 + +1") == "6");
  CHECK(value("17 % 5 * 2") == "4");
  CHECK(value("2 * -3") == "-6");
  CHECK(value("0.1+0.2") == "0.3");
  CHECK(value("0^0") == "1");
}

TEST_CASE("functions and constants") {
  CHECK(value("sqrt(16) + abs(-3)") == "7");
  CHECK(value("sqrt(2)") == "1.4142135623731");
  CHECK(value("sqrt(0.25)") == "0.5");
  CHECK(value("round(2.5) + floor(-2.1) + ceil(2.1)") == "3");
  CHECK(value("round(pi, 2)") == "3.14");
  CHECK(value("min(3, 1, 2) + max(3, 1, 2)") == "4");
  CHECK(value("log(1000)") == "3");
  CHECK(value("ln(e)") == "1");
  CHECK(value("exp(0)") == "1");
  CHECK(value("sin(0) + cos(0) + tan(0)") == "1");
  CHECK(value("pi") == "3.14159265358979");
  CHECK(value("floor(10/3)") == "3");
}

TEST_CASE("integers are exact to the last digit, then rounded") {
  CHECK(value("9223372036854775807") == "9223372036854775807");
  CHECK(value("9223372036854775807 - 1") == "9223372036854775806");
  CHECK(value("9223372036854775807 + 1") == "9.22337203685478e+18");
  CHECK(value("2^62") == "4611686018427387904");
  CHECK(value("999999999 * 999999999") == "999999998000000001");
}

TEST_CASE("a mistake is named with its column") {
  CHECK(value("1/0") == "division by zero at column 2");
  CHECK(value("5 % (2 - 2)") == "division by zero at column 3");
  CHECK(value("0^-1") == "division by zero at column 2");
  CHECK(value("1 + )") == "unexpected ')' at column 5");
  CHECK(value("(1 + 2") == "missing ')' at column 7");
  CHECK(value("(1 2)") == "unexpected '2' at column 4");
  CHECK(value("1 +") == "unexpected end at column 4");
  CHECK(value("") == "nothing to calculate at column 1");
  CHECK(value(" \t") == "nothing to calculate at column 3");
  CHECK(value("2(3)") == "unexpected '(' at column 2");
  CHECK(value("17×23") == "unexpected '×' at column 3");
  CHECK(value("1\x01") == "unexpected control character at column 2");
  CHECK(value(std::string_view{"1\0", 2}) == "unexpected control character at column 2");
  CHECK(value(".") == "unexpected '.' at column 1");
  CHECK(value("1.2.3") == "unexpected '.' at column 4");
  CHECK(value("1e") == "unexpected 'e' at column 2");
  CHECK(value("sqr(4)") == "unknown name 'sqr'; did you mean 'sqrt'? at column 1");
  CHECK(value("1 + x") == "unknown name 'x' at column 5");
  CHECK(value("sqrt 4") == "'sqrt' needs its arguments in parentheses at column 1");
  CHECK(value("sqrt(1, 2)") == "'sqrt' takes 1 arguments, not 2 at column 1");
  CHECK(value("sqrt()") == "unexpected ')' at column 6");
  CHECK(value("sqrt(-1)") == "'sqrt' of a negative number at column 1");
  CHECK(value("1 + ln(0)") == "'ln' needs a number greater than 0 at column 5");
  CHECK(value("(-8)^0.5") == "no real number at column 5");
  CHECK(value("10^400") == "the number is too large at column 3");
  CHECK(value("exp(1000)") == "the number is too large at column 1");
  CHECK(value("1e999 + 1") == "the number is too large or too small at column 1");
  CHECK(value("round(1, 16)") == "'round' takes 0 to 15 decimal places at column 1");
  CHECK(value("round(1, 0.5)") == "'round' takes 0 to 15 decimal places at column 1");
}

TEST_CASE("depth is bounded, length is not a matter of depth") {
  CHECK(value(repeated("(", 99) + "1" + repeated(")", 99)) == "1");
  CHECK(value(repeated("(", 500) + "1" + repeated(")", 499)) == "nested deeper than 100 at column 101");
  CHECK(value(repeated("-", 999) + "1") == "nested deeper than 100 at column 101");
  CHECK(value(repeated("1^", 499) + "1").starts_with("nested deeper than 100"));
  CHECK(value(repeated("abs(", 200) + "1").starts_with("nested deeper than 100"));
  CHECK(value(repeated("1+", 499) + "1") == "500");
}
