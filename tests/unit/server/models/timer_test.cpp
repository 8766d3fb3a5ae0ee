#include "server/models/timer.hpp"

#include <doctest/doctest.h>

#include <future>
#include <mutex>
#include <vector>

using namespace mofa;
using namespace std::chrono_literals;

TEST_CASE("waits end in the order of their moments, not before them") {
  const auto timer = models::start_timer();
  const auto begun = std::chrono::steady_clock::now();
  std::vector<int> order;
  std::promise<void> last;
  const auto later = timer->after(40ms, [&] {
    order.push_back(2);
    last.set_value();
  });
  const auto sooner = timer->after(5ms, [&] { order.push_back(1); });
  REQUIRE(last.get_future().wait_for(10s) == std::future_status::ready);
  CHECK(std::chrono::steady_clock::now() - begun >= 40ms);
  CHECK(order == std::vector<int>{1, 2});
}

TEST_CASE("a wait that is let go is never called, and what it holds is freed") {
  const auto timer = models::start_timer();
  const auto held = std::make_shared<int>(1);
  std::promise<void> last;
  bool called = false;
  auto dropped = timer->after(5ms, [&called, held] { called = true; });
  CHECK(held.use_count() == 2);
  dropped.reset();
  CHECK(held.use_count() == 1);
  const auto after_it = timer->after(20ms, [&] { last.set_value(); });
  REQUIRE(last.get_future().wait_for(10s) == std::future_status::ready);
  CHECK_FALSE(called);
}

TEST_CASE("a wait may be let go from within its own call, and may ask for another") {
  const auto timer = models::start_timer();
  std::promise<void> last;
  std::mutex guard;  // `first` may be called before it is assigned
  core::running_call_ptr first, second;
  {
    const std::lock_guard lock{guard};
    first = timer->after(1ms, [&] {
      const std::lock_guard inner{guard};
      first.reset();
      second = timer->after(1ms, [&] { last.set_value(); });
    });
  }
  CHECK(last.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("the end of the timer drops what waits, and a wait may outlive it") {
  auto timer = models::start_timer();
  bool called = false;
  auto wait = timer->after(1h, [&] { called = true; });
  timer.reset();
  wait.reset();
  CHECK_FALSE(called);
}

TEST_CASE("after a stop nothing comes any more, whenever it was asked for") {
  const auto timer = models::start_timer();
  const auto held = std::make_shared<int>(1);
  const auto early = timer->after(1h, [held] { FAIL("an early wait ended"); });
  timer->stop();
  CHECK(held.use_count() == 1);
  const auto late = timer->after(0ms, [held] { FAIL("a late wait ended"); });
  CHECK(held.use_count() == 1);
  timer->stop();
}

TEST_CASE("a wait may be the last owner of its timer") {
  auto timer = models::start_timer();
  std::promise<void> ready, ended;
  auto wait = timer->after(1ms, [&, own = timer]() mutable {
    ready.get_future().wait();
    own.reset();
    ended.set_value();
  });
  timer.reset();
  ready.set_value();
  CHECK(ended.get_future().wait_for(10s) == std::future_status::ready);
}
