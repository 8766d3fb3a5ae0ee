#include "protocols/openai/told_text.hpp"

#include <doctest/doctest.h>

using mofa::openai::told_text;

TEST_CASE("a text that grows is told piece by piece, and never twice") {
  told_text told;
  CHECK(told.advance("") == "");
  CHECK(told.advance("Hel") == "Hel");
  CHECK(told.advance("Hel") == "");
  CHECK(told.advance("Hello") == "lo");
  CHECK(told.advance("He") == "");
  CHECK(told.advance("Hello!") == "!");
}

TEST_CASE("a further block follows after an empty line, and an empty one leaves no trace") {
  told_text told;
  CHECK(told.advance("One.") == "One.");
  told.end_block();
  told.end_block();
  CHECK(told.advance("") == "");
  CHECK(told.advance("Two.") == "\n\nTwo.");
  CHECK(told.advance("Two. Three.") == " Three.");
}

TEST_CASE("a block that takes other words begins anew") {
  told_text told;
  CHECK(told.advance("The answer is 4") == "The answer is 4");
  CHECK(told.advance("The") == "");
  CHECK(told.advance("The sum") == "\n\nThe sum");
  CHECK(told.advance("The sum is 4") == " is 4");
}
