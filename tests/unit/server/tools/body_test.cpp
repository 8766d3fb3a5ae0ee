#include "server/tools/body.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mofa::tools;

TEST_CASE("text is well-formed UTF-8 without zero bytes") {
  for (const char* text : {"", "plain", "äöü", "€", "😀", "\x7f", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(text);
    CHECK(is_text(text));
  }
  for (const char* bytes : {"\x80", "\xC3", "\xC0\xAF", "\xC1\x81", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3\x28", "\xE2\x82\x28"}) {
    CHECK_FALSE(is_text(bytes));
  }
  CHECK_FALSE(is_text({"a\0b", 3}));
}

TEST_CASE("a character that was cut off is dropped, a whole one is not") {
  const std::string text = "aä€😀";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    CAPTURE(i);
    CHECK(is_text(without_cut_character(std::string_view{text}.substr(0, i))));
  }
  CHECK(without_cut_character(text) == text);
  CHECK(without_cut_character("a\xE2\x82") == "a");
  CHECK(without_cut_character("\x80\x80\x80\x80") == "\x80\x80\x80\x80");
  CHECK(without_cut_character("\x80") == "\x80");
}

TEST_CASE("base64 as in RFC 4648, section 10") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xFF\xFE\x00") == "//4=");
  CHECK(base64({"\xFB\xF0\x00", 3}) == "+/AA");
}
