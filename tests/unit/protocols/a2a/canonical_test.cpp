#include "protocols/a2a/canonical.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <nlohmann/json.hpp>

using namespace mofa;
using a2a::canonical;
using core::json;

namespace {

/// The double with these bits of IEEE 754, as canonical text.
std::string number(std::uint64_t bits) { return canonical(json(std::bit_cast<double>(bits))); }

}  // namespace

TEST_CASE("numbers are written as appendix B of RFC 8785 has them") {
  CHECK(number(0x0000000000000000) == "0");
  CHECK(number(0x8000000000000000) == "0");
  CHECK(number(0x0000000000000001) == "5e-324");
  CHECK(number(0x8000000000000001) == "-5e-324");
  CHECK(number(0x7fefffffffffffff) == "1.7976931348623157e+308");
  CHECK(number(0xffefffffffffffff) == "-1.7976931348623157e+308");
  CHECK(number(0x4340000000000000) == "9007199254740992");
  CHECK(number(0xc340000000000000) == "-9007199254740992");
  CHECK(number(0x4430000000000000) == "295147905179352830000");
  CHECK(number(0x44b52d02c7e14af5) == "9.999999999999997e+22");
  CHECK(number(0x44b52d02c7e14af6) == "1e+23");
  CHECK(number(0x44b52d02c7e14af7) == "1.0000000000000001e+23");
  CHECK(number(0x444b1ae4d6e2ef4e) == "999999999999999700000");
  CHECK(number(0x444b1ae4d6e2ef4f) == "999999999999999900000");
  CHECK(number(0x444b1ae4d6e2ef50) == "1e+21");
  CHECK(number(0x3eb0c6f7a0b5ed8c) == "9.999999999999997e-7");
  CHECK(number(0x3eb0c6f7a0b5ed8d) == "0.000001");
  CHECK(number(0x41b3de4355555553) == "333333333.3333332");
  CHECK(number(0x41b3de4355555554) == "333333333.33333325");
  CHECK(number(0x41b3de4355555555) == "333333333.3333333");
  CHECK(number(0x41b3de4355555556) == "333333333.3333334");
  CHECK(number(0x41b3de4355555557) == "333333333.33333343");
  CHECK(number(0xbecbf647612f3696) == "-0.0000033333333333333333");
  CHECK(number(0x43143ff3c1cb0959) == "1424953923781206.2");
}

TEST_CASE("what no JSON number is becomes null, and integers are doubles") {
  CHECK(number(0x7ff0000000000000) == "null");
  CHECK(number(0x7fffffffffffffff) == "null");
  CHECK(canonical(json(-7)) == "-7");
  CHECK(canonical(json(9007199254740993)) == "9007199254740992");
  CHECK(canonical(json(UINT64_MAX)) == "18446744073709552000");
}

TEST_CASE("values are written as section 3.2.2 of RFC 8785 shows") {
  const auto value = json::parse(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })");
  CHECK(canonical(value) ==
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
        "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
  CHECK(canonical(json::parse(R"(" \b\f\n\r\t\u007f/")")) == "\" \\b\\f\\n\\r\\t\x7f/\"");
  CHECK(canonical(json::parse("[{}, [], \"\", null]")) == "[{},[],\"\",null]");
}

TEST_CASE("members are in the order of their UTF-16 code units") {
  // Section 3.2.3; bytes of UTF-8 would put U+FB33 before U+1F600.
  const auto value = json::parse(R"({
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
  })");
  CHECK(canonical(value) ==
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
        "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
        "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\","
        "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
  CHECK(a2a::member_before("", "a"));
  CHECK(a2a::member_before("a", "aa"));
  CHECK_FALSE(a2a::member_before("a", "a"));
}

TEST_CASE("base64url has no padding and no signs that URLs use") {
  CHECK(a2a::base64url("") == "");
  CHECK(a2a::base64url("f") == "Zg");
  CHECK(a2a::base64url("fo") == "Zm8");
  CHECK(a2a::base64url("foo") == "Zm9v");
  CHECK(a2a::base64url("\xfb\xff\xbf") == "-_-_");
  // RFC 7515, appendix A.3.1.
  CHECK(a2a::base64url(R"({"alg":"ES256"})") == "eyJhbGciOiJFUzI1NiJ9");
}
