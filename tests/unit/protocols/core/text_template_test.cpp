#include "protocols/core/text_template.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace mofa;
using namespace mofa::core;

namespace {

variables some() {
  variables out;
  out.set("text", R"(<b>"a" & 'b'</b>)");
  out.set("city", "Zürich");
  out.set("tag", "{{city}}");
  return out;
}

std::string rendered(const std::string& source) {
  const auto made = text_template::parse(source);
  REQUIRE(made);
  const auto out = made->render(some());
  CHECK(out.size() <= made->bound_bytes(some()));
  return out;
}

std::string refusal(const std::string& source) {
  const auto made = text_template::parse(source);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == errc::invalid);
  return made.error().detail;
}

}  // namespace

TEST_CASE("a text without tags is itself") {
  CHECK(rendered("") == "");
  CHECK(rendered("a } { }} b") == "a } { }} b");
  CHECK(text_template{}.render(some()) == "");
}

TEST_CASE("variables are filled in as they are, not escaped and not read as templates") {
  CHECK(rendered("{{text}}") == R"(<b>"a" & 'b'</b>)");
  CHECK(rendered("{{{text}}} {{&text}}") == R"(<b>"a" & 'b'</b> <b>"a" & 'b'</b>)");
  CHECK(rendered("in {{ city }}!") == "in Zürich!");
  CHECK(rendered("{{tag}}") == "{{city}}");
  CHECK(rendered("[{{result}}]") == "[]");
}

TEST_CASE("sections show their text when the variable has one, inverted ones when not") {
  CHECK(rendered("{{#city}}in {{city}}{{/city}}{{^city}}nowhere{{/city}}") == "in Zürich");
  CHECK(rendered("{{#result}}r{{/result}}{{^result}}no result{{/result}}") == "no result");
  CHECK(rendered("a{{! a remark }}b") == "ab");
}

TEST_CASE("what is not a template says why") {
  CHECK(refusal("{{a") == "not a valid template: Unclosed tag at 0");
  CHECK(refusal("{{#a}}") == "not a valid template: Unclosed section \"a\" at 0");
  CHECK(refusal("{{/a}}") == "not a valid template: Unopened section \"a\" at 0");
  CHECK(refusal("{{#a}}{{/b}}") == "not a valid template: Unclosed section \"a\" at 0");
  CHECK(refusal("{{>text}}") == "not a valid template: partials ({{>name}}) are not supported");
  CHECK(refusal("{{= << >> =}}") == "not a valid template: other delimiters ({{=…=}}) are not supported");
  CHECK(refusal("{{}}") == "not a valid template: a tag has no name");
  CHECK(refusal("{{#a}}{{.}}{{/a}}") == "not a valid template: variables are texts: a dot names nothing in them");
}

TEST_CASE("deep nesting is refused before the library walks it") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "{{#a}}";
  CHECK(refusal(deep) == "not a valid template: sections are nested deeper than 8");
}

TEST_CASE("a template tells the names that it uses") {
  const auto made = text_template::parse("{{a}} {{#b}}{{a}}{{/b}} {{! c }}");
  REQUIRE(made);
  CHECK(made->names() == std::vector<std::string_view>{"a", "b"});
  variables values;
  values.set("a", std::string(1'000, 'x'));
  CHECK(made->bound_bytes(values) >= 2'000);
}

TEST_CASE("one template may be rendered by many threads at once") {
  const auto made = text_template::parse("{{#city}}{{city}}{{/city}} and {{text}}");
  REQUIRE(made);
  const auto expected = made->render(some());
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 2'000; ++n) wrong[i] += made->render(some()) == expected ? 0 : 1;
    });
  }
  for (auto& one : threads) one.join();
  CHECK(wrong == std::vector<int>(4, 0));
}
