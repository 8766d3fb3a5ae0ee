#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "protocols/document/document.hpp"
#include "server/models/patient/patient_model.hpp"
#include "server/models/scripted/scripted_provider.hpp"
#include "tests/unit/server/models/conversation.hpp"
#include "tests/unit/server/models/manual_timer.hpp"

using namespace mofa;
using namespace mofa::test;
using core::json;

namespace {

core::model_answer answer_to(std::vector<core::model_message> messages) {
  // Tests run in the root of the repository.
  std::ifstream in{"config/models/demo.yaml"};
  REQUIRE(in);
  const auto read = document::read_yaml(std::string{std::istreambuf_iterator<char>{in}, {}}, "demo.yaml");
  REQUIRE_MESSAGE(read, (read ? "" : read.error().detail));
  const auto timer = std::make_shared<manual_timer>();
  const auto made = models::compile_scripted(read->value, timer);
  REQUIRE_MESSAGE(made, (made ? "" : document::explain(*read, made.error())));
  const system_clock time;
  const auto model = models::patient_model("scripted", *made, "", {}, {timer, time});
  asking one{*model, request_of(std::move(messages))};
  const auto got = one.answer();
  REQUIRE_MESSAGE(got, (got ? "" : got.error().detail));
  return *got;
}

std::string expression_in(const std::string& text) {
  const auto got = answer_to({asked(text)});
  if (got.calls.size() != 1 || got.calls[0].tool != "calculator") return "no call of the calculator: " + got.text;
  return got.calls[0].arguments.value("expression", "");
}

}  // namespace

TEST_CASE("the demo model finds the sum in a sentence") {
  CHECK(expression_in("What is 17*23?") == "17*23");
  CHECK(expression_in("17 * (23 - 4.5) please") == "17 * (23 - 4.5)");
  CHECK(expression_in("compute (1+2)*3") == "(1+2)*3");
  CHECK(expression_in("compute -(3+4)/2.") == "-(3+4)/2");
  CHECK(expression_in("What is ((8 - 3) * 2) % 7?") == "((8 - 3) * 2) % 7");
  CHECK(expression_in("Sqrt of two: sqrt(2)") == "sqrt(2)");
  CHECK(expression_in("max(3, 2^10) is what?") == "max(3, 2^10)");
  CHECK(expression_in("2*pi") == "2*pi");
  CHECK(expression_in("1/0") == "1/0");
}

TEST_CASE("the demo model tells what the calculator said, right or wrong") {
  CHECK(answer_to({asked("What is 17*23?"), outcome("calculator", R"({"result":392,"text":"392"})")}).text ==
        "The result is 392.");
  CHECK(answer_to({asked("1/0"), outcome("calculator", "division by zero", true)}).text ==
        "I could not work that out: division by zero.");
}

TEST_CASE("the demo model looks at the clock") {
  CHECK(answer_to({asked("What time is it?")}).calls.at(0).tool == "clock");
  CHECK(answer_to({asked("What time is it?"), outcome("clock", R"({"now":"2023-11-14T22:13:20.123Z","unix_ms":1})")}).text ==
        "It is 2023-11-14T22:13:20.123Z.");
}

TEST_CASE("the demo model calls two tools at one time and tells of both") {
  const auto first = answer_to({asked("What is 17*23, and what time is it?")});
  REQUIRE(first.calls.size() == 2);
  CHECK(first.calls[0].arguments == json{{"expression", "17*23"}});
  CHECK(first.calls[1].tool == "clock");
  CHECK(first.text == "Let me work that out and look at the clock.");
  CHECK(answer_to({asked("17*23 and the time"), calling(first.calls),
                   outcome("calculator", R"({"result":391,"text":"391"})"), outcome("clock", R"({"now":"noon"})")})
            .text == "The result is 391. It is noon.");
  CHECK(answer_to({asked("1/0 and the time"), calling(first.calls), outcome("calculator", "division by zero", true),
                   outcome("clock", R"({"now":"noon"})")})
            .text == "I could not work that out: division by zero. It is noon.");
}

TEST_CASE("the demo model remembers a name through the memory tools") {
  const auto put = answer_to({asked("Hello, my name is Ada Lovelace and I like sums.")});
  REQUIRE(put.calls.size() == 1);
  CHECK(put.calls[0].tool == "memory_put");
  CHECK(put.calls[0].arguments == json{{"key", "name"}, {"value", "Ada Lovelace"}});
  CHECK(answer_to({asked("my name is Ada"), outcome("memory_put", R"({"stored":true})")}).text ==
        "Nice to meet you, Ada. I will remember your name.");

  const auto get = answer_to({asked("What is my name?")});
  REQUIRE(get.calls.size() == 1);
  CHECK(get.calls[0].tool == "memory_get");
  CHECK(get.calls[0].arguments == json{{"key", "name"}});
  CHECK(answer_to({asked("Who am I?"), outcome("memory_get", R"({"value":"Ada"})")}).text == "Your name is Ada.");
  CHECK(answer_to({asked("Who am I?"), outcome("memory_get", R"({"value":null})")}).text ==
        "You have not told me your name yet.");
}

TEST_CASE("the demo model says that it is a stand-in") {
  CHECK(answer_to({asked("hello")}).text.find("scripted stand-in") != std::string::npos);
  CHECK(answer_to({asked("Why is the sky blue?")}).text.find("scripted stand-in") != std::string::npos);
}
