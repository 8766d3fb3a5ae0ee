#include "protocols/core/json_template.hpp"

#include <doctest/doctest.h>

using namespace mofa::core;

TEST_CASE("each string with tags is rendered by itself, all else stays as it is") {
  std::vector<std::string> asked;
  const auto made = json_template::of({{"a", "{{x}}"}, {"b/c", {1, "plain", "-{{x}}-"}}, {"{{x}}", true}}, "/call",
                                      [&](const std::string& source, const std::string& path) {
                                        asked.push_back(path);
                                        auto text = text_template::parse(source);
                                        REQUIRE(text);
                                        return *text;
                                      });
  CHECK(asked == std::vector<std::string>{"/call/a", "/call/b~1c/2"});
  variables values;
  values.set("x", R"(", "evil": ")");
  CHECK(made.render(values) == json{{"a", R"(", "evil": ")"}, {"b/c", {1, "plain", R"(-", "evil": "-)"}}, {"{{x}}", true}});
  CHECK(made.render({}) == json{{"a", ""}, {"b/c", {1, "plain", "--"}}, {"{{x}}", true}});
  CHECK(json_template{}.render(values).is_null());
}
