#include "server/base/ids.hpp"

#include <doctest/doctest.h>

#include <set>
#include <thread>

using namespace mofa;

namespace {

const time_point some_time{milliseconds{1'769'850'000'123}};

}  // namespace

TEST_CASE("an id is a UUIDv7 of its millisecond and can be read again") {
  const auto made = task_id::make(some_time);
  const auto text = made.str();
  CHECK(text.size() == 36);
  CHECK(text[14] == '7');
  CHECK(std::string{"89ab"}.find(text[19]) != std::string::npos);
  CHECK(task_id::parse(text) == made);
  CHECK_FALSE(made.is_nil());
  CHECK(task_id{}.is_nil());
}

TEST_CASE("ids made on one thread are different and ordered, also within a millisecond") {
  std::set<task_id> all;
  task_id last;
  for (int i = 0; i < 10'000; ++i) {
    const auto next = task_id::make(some_time);
    CHECK_MESSAGE(last < next, i);
    all.insert(next);
    last = next;
  }
  CHECK(all.size() == 10'000);
}

TEST_CASE("an id made later on another thread is greater, also within a millisecond") {
  auto last = task_id::make(some_time);
  for (int i = 0; i < 20; ++i) {
    task_id next;
    std::thread{[&] { next = task_id::make(some_time); }}.join();
    CHECK(last < next);
    last = next;
  }
}

TEST_CASE("the floor of a millisecond lies between the ids before and after it") {
  // A later moment first: a clock that goes back must not make a smaller id.
  const auto at = some_time + std::chrono::hours{1};
  const auto made = make_uuid7(at);
  CHECK(uuid7_floor(at) <= made);
  CHECK(uuid7_floor(at - milliseconds{1}) < uuid7_floor(at));
  CHECK(make_uuid7(at - milliseconds{5}) > made);
}

TEST_CASE("what is no UUID is refused") {
  const auto text = task_id::make(some_time).str();
  CHECK_FALSE(task_id::parse(""));
  CHECK_FALSE(task_id::parse(text.substr(1)));
  CHECK_FALSE(task_id::parse(text + "0"));
  CHECK_FALSE(task_id::parse("g" + text.substr(1)));
  auto moved = text;
  std::swap(moved[8], moved[9]);
  CHECK_FALSE(task_id::parse(moved));
  auto upper = text;
  for (auto& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
  CHECK(task_id::parse(upper)->str() == text);
}
