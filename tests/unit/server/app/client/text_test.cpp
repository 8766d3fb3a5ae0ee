#include "server/app/client/text.hpp"

#include <doctest/doctest.h>

namespace mofa::app::client {
namespace {

using std::chrono::milliseconds;

TEST_CASE("spans of time are as long as they need to be") {
  CHECK(duration_text(milliseconds{0}) == "0 ms");
  CHECK(duration_text(milliseconds{999}) == "999 ms");
  CHECK(duration_text(milliseconds{1250}) == "1.2 s");
  CHECK(duration_text(milliseconds{125'900}) == "2 min 5 s");
  CHECK(duration_text(milliseconds{4'200'000}) == "1 h 10 min");
  CHECK(duration_text(milliseconds{-5}) == "0 ms");
}

TEST_CASE("money has cents, and as many decimals more as it needs") {
  CHECK(money_text(0) == "$0.00");
  CHECK(money_text(1'500'000) == "$1.50");
  CHECK(money_text(120) == "$0.00012");
  CHECK(money_text(12'345'678) == "$12.345678");
}

TEST_CASE("usage tells what was used, and nothing else") {
  CHECK(usage_text(
            json::parse(R"({"input_tokens":711,"output_tokens":34,"cost_microusd":100,"model_calls":2,"tool_calls":1})")) ==
        "2 model calls, 1 tool call, 711 tokens in, 34 out, $0.0001");
  CHECK(usage_text(json::parse(R"({"input_tokens":0,"model_calls":0})")).empty());
  CHECK(usage_text(nullptr).empty());
}

TEST_CASE("parts are shown by what they are") {
  CHECK(parts_text(json::parse(R"([{"text":"a"},{"data":{"x":1}},{"url":"http://h/"},{"raw":"QUJD"}])")) ==
        "a\n{\"x\":1}\nhttp://h/\n[4 base64 characters]");
  CHECK(message_text(nullptr).empty());
  CHECK(message_text("plain") == "plain");
}

TEST_CASE("one line holds no more than so many characters, and no character is cut in two") {
  CHECK(one_line("  a\n\t b  c\n", 100) == "a b c");
  CHECK(one_line("äöüß", 4) == "äöüß");
  CHECK(one_line("äöüßx", 4) == "äöüß…");
  CHECK(one_line("ab cd", 3) == "ab…");
  CHECK(width_of("äöü") == 3);
}

TEST_CASE("what would move a terminal's cursor is taken out") {
  CHECK(printable("a\x1b[31mred\x07\r\n\tb") == "a[31mred\n\tb");
  CHECK(printable("x\xC2\x9Bz é") == "xz é");
}

TEST_CASE("words are quoted for a shell when they have to be") {
  CHECK(shell_word("http://127.0.0.1:1") == "http://127.0.0.1:1");
  CHECK(shell_word("it's here") == "'it'\\''s here'");
  CHECK(shell_word("") == "''");
}

TEST_CASE("columns are aligned by characters, not by bytes") {
  CHECK(table_lines({{"NAME", "X"}, {"äö", "1"}, {"", ""}}) == std::vector<std::string>{"NAME  X", "äö    1", ""});
}

}  // namespace
}  // namespace mofa::app::client
