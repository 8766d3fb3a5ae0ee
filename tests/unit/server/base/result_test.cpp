#include "server/base/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <set>

#include "server/base/callback.hpp"

using namespace mofa;

namespace {

result<std::unique_ptr<int>> half(int whole) {
  if (whole % 2 != 0) return fail(errc::invalid, "odd");
  return std::make_unique<int>(whole / 2);
}

}  // namespace

TEST_CASE("a result carries a value that may only be moved") {
  auto got = half(8);
  REQUIRE(got);
  const std::unique_ptr<int> taken = *std::move(got);
  CHECK(*taken == 4);
}

TEST_CASE("a result carries an error instead of a value") {
  const auto got = half(7);
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::invalid);
  CHECK(got.error().detail == "odd");
}

TEST_CASE("a result without a value is success or an error") {
  CHECK(result<void>{});
  CHECK(result<void>{fail(errc::io, "disk")}.error().code == errc::io);
}

TEST_CASE("every error code has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(errc::internal); ++i) {
    CHECK_MESSAGE(names.insert(to_string(static_cast<errc>(i))).second, i);
  }
}

TEST_CASE("a callback owns what it was made of and passes on what may only be moved") {
  auto held = std::make_shared<int>(1);
  callback<int(std::unique_ptr<int>)> call = [held](std::unique_ptr<int> given) { return *held + *given; };
  CHECK(call);
  CHECK(held.use_count() == 2);
  auto moved = std::move(call);
  CHECK_FALSE(call);
  CHECK(moved(std::make_unique<int>(41)) == 42);
  moved = {};
  CHECK(held.use_count() == 1);
}
