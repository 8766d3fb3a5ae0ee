#include "server/base/nearest.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace mofa;

namespace {

constexpr std::array<std::string_view, 3> known{"rules", "otherwise", "kind"};

}  // namespace

TEST_CASE("the distance counts insertions, deletions and replacements") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
}

TEST_CASE("a typing error finds the name that was meant") {
  CHECK(nearest_name("rulez", known) == "rules");
  CHECK(nearest_name("othervise", known) == "otherwise");
  CHECK(nearest_name("knd", known) == "kind");
}

TEST_CASE("a name that is far from all others finds none") {
  CHECK_FALSE(nearest_name("weather", known));
  CHECK_FALSE(nearest_name(std::string(1'000'000, 'r'), known));
  CHECK_FALSE(nearest_name("rules", {}));
}

TEST_CASE("an unknown member is named with the nearest known one, or with all") {
  CHECK(unknown_member("rulez", known) == "unknown member 'rulez'; did you mean 'rules'?");
  CHECK(unknown_member("x_y_z_x", known) == "unknown member 'x_y_z_x'; known: rules, otherwise, kind");
}

TEST_CASE("a long unknown name is cut between characters") {
  std::string name = std::string(63, 'a') + "ö" + std::string(1000, 'b');
  CHECK(unknown_member(name, known) == "unknown member '" + std::string(63, 'a') + "'; known: rules, otherwise, kind");
}
