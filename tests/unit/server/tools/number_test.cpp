#include "server/tools/number.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using mofa::tools::number;

namespace {

number of(const char* literal) {
  const auto read = number::parse(literal);
  REQUIRE(read);
  return *read;
}

constexpr auto largest = std::numeric_limits<std::int64_t>::max();
constexpr auto smallest = std::numeric_limits<std::int64_t>::min();

}  // namespace

TEST_CASE("literals are read exactly while 64 bits hold their digits") {
  for (const auto& [literal, text] : {std::pair{"17", "17"},
                                      {"007", "7"},
                                      {".5", "0.5"},
                                      {"5.", "5"},
                                      {"1.50", "1.5"},
                                      {"1e3", "1000"},
                                      {"1.5e-3", "0.0015"},
                                      {"0.00", "0"},
                                      {"9223372036854775807", "9223372036854775807"},
                                      {"0e999", "0"},
                                      {"12.34E+1", "123.4"}}) {
    CAPTURE(literal);
    CHECK(of(literal).exact());
    CHECK(of(literal).text() == text);
  }
  CHECK_FALSE(of("9223372036854775808").exact());
  CHECK_FALSE(of("1e300").exact());
  CHECK(of("1e300").text() == "1e+300");
  CHECK_FALSE(of("0.12345678901234567890").exact());
  CHECK_FALSE(number::parse("1e999"));
  CHECK_FALSE(number::parse("1e99999999999999999999"));
}

TEST_CASE("what does not fit becomes a double, at both ends") {
  const auto top = number::integer(largest), bottom = number::integer(smallest), one = number::integer(1);
  CHECK_FALSE((top + one).exact());
  CHECK_FALSE((bottom - one).exact());
  CHECK_FALSE((top * top).exact());
  CHECK_FALSE((-bottom).exact());
  CHECK_FALSE((bottom / number::integer(-1)).exact());
  CHECK((bottom / number::integer(-1)).as_double() == 9223372036854775808.0);
  CHECK((bottom % number::integer(-1)).text() == "0");
  CHECK((bottom + top).text() == "-1");
  CHECK((bottom / bottom).text() == "1");
  CHECK_FALSE(number::power(number::integer(3), number::integer(41)).exact());
  CHECK(number::power(number::integer(-2), number::integer(63)).text() == "-9223372036854775808");
  CHECK(number::square_root(top).text() == "3037000499.97605");
}

TEST_CASE("decimals stay decimal") {
  CHECK((of("0.1") + of("0.2")).text() == "0.3");
  CHECK((of("0.1") + of("0.2") - of("0.3")).text() == "0");
  CHECK((of("19.99") * of("3")).text() == "59.97");
  CHECK((of("1") / of("8")).text() == "0.125");
  CHECK((of("1") / of("0.008")).text() == "125");
  CHECK((-of("0.05")).text() == "-0.05");
  CHECK((of("1") / of("3")).text() == "0.333333333333333");
  CHECK((of("5.5") % of("2")).text() == "1.5");
  CHECK((-of("5.5") % of("2")).text() == "-1.5");
  CHECK(of("0.1") < of("0.11"));
  CHECK_FALSE(of("0.10") < of("0.1"));
}

TEST_CASE("rounding goes where it is told") {
  using to = number::toward;
  CHECK(of("2.5").rounded(to::nearest, 0).text() == "3");
  CHECK((-of("2.5")).rounded(to::nearest, 0).text() == "-3");
  CHECK(of("2.675").rounded(to::nearest, 2).text() == "2.68");
  CHECK((-of("2.1")).rounded(to::below, 0).text() == "-3");
  CHECK((-of("2.9")).rounded(to::above, 0).text() == "-2");
  CHECK(number::real(2.5e15 + 0.5).rounded(to::below, 0).text() == "2500000000000000");
  CHECK(number::real(1e300).rounded(to::nearest, 15).as_double() == 1e300);
  CHECK(of("0.9999999999999999").rounded(to::nearest, 15).text() == "1");
}
