#include "actors/scheduling/scheduler.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace mofa;
using namespace mofa::scheduling;
using core::priority;

namespace {

const time_point start{std::chrono::seconds{1'700'000'000}};
using tickets = std::vector<ticket>;

scheduler one_slot() { return scheduler{{{{"model", 1}}, milliseconds{1'000}}}; }

}  // namespace

TEST_CASE("as many run as there are slots, and one that leaves makes room for the next") {
  scheduler all{{{{"model", 2}}, milliseconds{1'000}}};
  for (ticket i = 1; i <= 4; ++i) all.enqueue(i, "model", priority::normal, start);
  CHECK(all.hand_out(start) == tickets{1, 2});
  CHECK(all.hand_out(start).empty());
  all.leave(2);
  CHECK(all.hand_out(start) == tickets{3});
}

TEST_CASE("a higher priority goes first, whenever it came") {
  auto all = one_slot();
  ticket next = 1;
  for (const auto urgency : {priority::background, priority::low, priority::normal, priority::high, priority::critical})
    all.enqueue(next++, "model", urgency, start);
  tickets order;
  for (int i = 0; i < 5; ++i) {
    const auto got = all.hand_out(start);
    REQUIRE(got.size() == 1);
    order.push_back(got[0]);
    all.leave(got[0]);
  }
  CHECK(order == tickets{5, 4, 3, 2, 1});
}

TEST_CASE("a critical one is next, though two hundred in the background wait") {
  auto all = one_slot();
  for (ticket i = 1; i <= 200; ++i) all.enqueue(i, "model", priority::background, start);
  REQUIRE(all.hand_out(start) == tickets{1});
  all.enqueue(1000, "model", priority::critical, start);
  all.leave(1);
  CHECK(all.hand_out(start) == tickets{1000});
}

TEST_CASE("under an endless load of high priority a background one starts within the ageing") {
  auto all = one_slot();
  all.enqueue(1, "model", priority::high, start);
  REQUIRE(all.hand_out(start) == tickets{1});
  all.enqueue(2, "model", priority::background, start);
  ticket running = 1, next = 3;
  auto now = start;
  while (running != 2 && now < start + milliseconds{2'000}) {
    all.enqueue(next++, "model", priority::high, now);
    now += milliseconds{10};
    all.leave(running);
    running = all.hand_out(now).at(0);
  }
  CHECK(running == 2);
  CHECK(now - start <= milliseconds{1'000});
}

TEST_CASE("one resource never waits for another") {
  scheduler all{{{{"model", 1}, {"tool", 1}}, milliseconds{1'000}}};
  all.enqueue(1, "model", priority::normal, start);
  all.enqueue(2, "model", priority::normal, start);
  all.enqueue(3, "tool", priority::background, start);
  CHECK(all.hand_out(start) == tickets{1, 3});
}

TEST_CASE("whoever leaves while it waits is not handed out, and unknown tickets are nothing") {
  auto all = one_slot();
  all.enqueue(1, "model", priority::normal, start);
  all.enqueue(2, "model", priority::normal, start);
  all.leave(1);
  all.leave(77);
  CHECK(all.hand_out(start) == tickets{2});
  CHECK(all.look()[0].busy == 1);
  CHECK(all.look()[0].waiting == 0);
}

TEST_CASE("other slots and another ageing hold from the next turn on; who runs beyond them goes on") {
  scheduler all{{{{"model", 3}}, milliseconds{1'000}}};
  for (ticket i = 1; i <= 6; ++i) all.enqueue(i, "model", priority::normal, start);
  CHECK(all.hand_out(start) == tickets{1, 2, 3});
  all.follow({{{"model", 1}, {"unknown", 9}}, milliseconds{1'000}});
  CHECK(all.look().size() == 1);
  CHECK(all.look()[0].slots == 1);
  all.leave(1);
  all.leave(2);
  CHECK(all.hand_out(start).empty());
  all.leave(3);
  CHECK(all.hand_out(start) == tickets{4});
  all.follow({{{"model", 2}}, milliseconds{100}});
  CHECK(all.hand_out(start) == tickets{5});
  // The new ageing: what has waited for three quarters of it goes before a critical one.
  all.leave(5);
  all.enqueue(7, "model", priority::critical, start + milliseconds{75});
  CHECK(all.hand_out(start + milliseconds{75}) == tickets{6});
}

TEST_CASE("after ten thousand random arrivals and leavings all slots are free") {
  std::mt19937 random{7};
  scheduler all{{{{"model", 3}, {"tool", 5}}, milliseconds{50}}};
  std::set<ticket> inside;
  auto now = start;
  int handed = 0;
  for (ticket i = 1; i <= 10'000; ++i) {
    all.enqueue(i, random() % 2 == 0 ? "model" : "tool", static_cast<priority>(random() % 5), now);
    inside.insert(i);
    now += milliseconds{static_cast<int>(random() % 3)};
    handed += static_cast<int>(all.hand_out(now).size());
    for (const auto& one : all.look()) REQUIRE(one.busy <= one.slots);
    if (inside.size() > 20) {
      auto victim = inside.begin();
      std::advance(victim, random() % inside.size());
      all.leave(*victim);
      inside.erase(victim);
    }
  }
  for (const auto one : inside) all.leave(one);
  CHECK(handed > 1'000);
  for (const auto& one : all.look()) {
    CHECK(one.busy == 0);
    CHECK(one.waiting == 0);
  }
}
