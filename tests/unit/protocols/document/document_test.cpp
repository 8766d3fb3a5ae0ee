#include "protocols/document/document.hpp"

#include <doctest/doctest.h>

using namespace mofa;

TEST_CASE("the name of a file decides its language") {
  CHECK(document::read("a: 1", "config/a.yaml")->value["a"] == 1);
  CHECK(document::read("a: 1", "config/a.yml")->value["a"] == 1);
  CHECK(document::read("{\"a\": 1}", "config/a.json")->value["a"] == 1);
  CHECK_FALSE(document::read("a: 1", "config/a.json"));
}

TEST_CASE("a failure to read names the file and the place") {
  const auto bad = document::read("{\"a\": 1,\n\"a\": 2}", "config/a.json");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().detail == "config/a.json:2:1: the key 'a' is there already");
}

TEST_CASE("an error is explained with the place of each of its fields") {
  const auto read =
      document::read("name: a\nkind: scenario\n\n\n\n\n  \nrulez: []\nlimits: {timeout_ms: 0}\n", "config/agents/a.yaml");
  REQUIRE(read);
  const error why{errc::invalid,
                  "2 errors",
                  {{"/rulez", "unknown member 'rulez'; did you mean 'rules'?"}, {"/limits/timeout_ms", "too small"}}};
  CHECK(document::explain(*read, why) ==
        "config/agents/a.yaml:8:1: unknown member 'rulez'; did you mean 'rules'?\n"
        "config/agents/a.yaml:9:10: too small");
}

TEST_CASE("a member that is not there is explained at the object that lacks it") {
  const auto read = document::read("name: a\nskills:\n  - name: x\n", "a.yaml");
  REQUIRE(read);
  const error why{errc::invalid, "2 errors", {{"/kind", "missing member 'kind'"}, {"/skills/0/id", "missing member 'id'"}}};
  CHECK(document::explain(*read, why) ==
        "a.yaml:1:1: missing member 'kind'\n"
        "a.yaml:3:5: missing member 'id'");
}

TEST_CASE("an error without fields is explained by its detail") {
  const auto read = document::read("{}", "a.json");
  REQUIRE(read);
  CHECK(document::explain(*read, error{errc::unsupported, "not here"}) == "a.json: not here");
}
