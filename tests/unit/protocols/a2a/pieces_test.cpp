#include "protocols/a2a/pieces.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mofa;

namespace {

core::part text_of(std::string text) {
  core::part out;
  out.text = std::move(text);
  out.media_type = "text/plain";
  return out;
}

core::part raw_of(std::size_t bytes) {
  core::part out;
  out.kind = core::part::type::raw;
  out.text = std::string(bytes, 'A');
  return out;
}

/// All texts of all pieces, with a bar between two pieces.
std::string joined(const std::vector<core::artifact>& pieces) {
  std::string out;
  for (const auto& piece : pieces) {
    if (&piece != &pieces.front()) out += '|';
    for (const auto& part : piece.parts) out += part.text;
  }
  return out;
}

}  // namespace

TEST_CASE("an artifact that fits is one piece, also without parts") {
  const core::artifact whole{"a", "A", {text_of("abc"), text_of("de")}};
  const auto got = a2a::pieces_of(whole, 5);
  REQUIRE(got.size() == 1);
  CHECK(got[0].parts.size() == 2);
  CHECK(a2a::pieces_of({"a", "A", {}}, 5).size() == 1);
}

TEST_CASE("a text that is too long is cut, and each piece is of the same artifact") {
  core::artifact whole{"a", "A", {text_of("abcdefgh")}};
  whole.description = "letters";
  const auto got = a2a::pieces_of(whole, 3);
  CHECK(joined(got) == "abc|def|gh");
  for (const auto& piece : got) {
    CHECK(piece.artifact_id == "a");
    CHECK(piece.name == "A");
    CHECK(piece.description == "letters");
    REQUIRE(piece.parts.size() == 1);
    CHECK(piece.parts[0].media_type == "text/plain");
  }
}

TEST_CASE("texts are cut between characters, however long these are") {
  CHECK(joined(a2a::pieces_of({"a", "", {text_of("a\u00e4\u20ac\U0001F600b")}}, 4)) == "a\u00e4|\u20ac|\U0001F600|b");
  // No piece can hold the character: it goes alone.
  CHECK(joined(a2a::pieces_of({"a", "", {text_of("\U0001F600\U0001F600")}}, 2)) == "\U0001F600|\U0001F600");
  CHECK(joined(a2a::pieces_of({"a", "", {text_of("ab\U0001F600c")}}, 3)) == "ab|\U0001F600|c");
}

TEST_CASE("what cannot be cut goes as it is, apart from what it does not fit with") {
  const auto got = a2a::pieces_of({"a", "", {text_of("ab"), raw_of(8), text_of("cd")}}, 4);
  REQUIRE(got.size() == 3);
  CHECK(got[1].parts.size() == 1);
  CHECK(got[1].parts[0].text.size() == 8);
  CHECK(joined(got) == "ab|AAAAAAAA|cd");
}

TEST_CASE("bytes are those of JSON: what is escaped there takes more of a piece") {
  CHECK(joined(a2a::pieces_of({"a", "", {text_of("a\"\"bc")}}, 4)) == "a\"|\"bc");
  CHECK(joined(a2a::pieces_of({"a", "", {text_of("\n\nab")}}, 7)) == "\n|\na|b");
}

TEST_CASE("a message that fits is not shortened") {
  const auto said = core::text_message(core::role::agent, "m", "abc");
  CHECK(core::to_json(a2a::shortened(said, 3, "t-1")) == core::to_json(said));
}

TEST_CASE("of a message that is too long its beginning is left, and what says where the whole is") {
  auto said = core::text_message(core::role::agent, "m", "ab\u20acdef");
  said.parts.push_back(raw_of(100));
  said.parts.push_back(text_of("x"));
  said.metadata = {{"k", 1}};
  const auto got = a2a::shortened(said, 7, "t-1");
  CHECK(got.message_id == "m");
  CHECK(got.metadata == core::json{{"k", 1}, {"mofa.dev/cut", true}});
  REQUIRE(got.parts.size() == 2);
  CHECK(got.parts[0].text == "ab\u20acde");
  CHECK(got.parts[1].text.find("task t-1 has the whole") != std::string::npos);

  // What can be told as it is stays.
  const auto more = a2a::shortened(said, 9, "t-1");
  REQUIRE(more.parts.size() == 3);
  CHECK(more.parts[0].text == "ab\u20acdef");
  CHECK(more.parts[1].text == "x");
}
