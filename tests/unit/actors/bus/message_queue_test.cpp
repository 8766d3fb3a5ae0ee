#include "actors/bus/message_queue.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mofa;
using bus::message_queue;
using core::overflow_policy;

namespace {

core::topic_message_ptr message(const std::string& data, std::uint64_t seq = 0) {
  auto out = std::make_shared<core::topic_message>();
  out->data = data;
  out->seq = seq;
  return out;
}

std::string all_of(message_queue& from) {
  std::string out;
  while (!from.empty()) out += from.pop()->data + ' ';
  return out;
}

core::topic_page page(std::vector<core::topic_message_ptr> messages, std::uint64_t through, bool more = false) {
  return {std::move(messages), through, more};
}

}  // namespace

TEST_CASE("what is not kept gives way by the policy, and the queue says what was dropped") {
  message_queue oldest{{2, overflow_policy::drop_oldest, false}, 0, false};
  message_queue newest{{2, overflow_policy::drop_newest, false}, 0, false};
  for (auto* each : {&oldest, &newest}) {
    CHECK(each->offer(message("a")).has_it);
    CHECK(each->offer(message("b")).has_it);
  }
  const auto first = oldest.offer(message("c"));
  CHECK(first.has_it);
  CHECK(first.gave_way.at(0)->data == "a");
  const auto second = newest.offer(message("c"));
  CHECK_FALSE(second.has_it);
  CHECK(second.gave_way.at(0)->data == "c");
  CHECK(all_of(oldest) == "b c ");
  CHECK(all_of(newest) == "a b ");
}

TEST_CASE("a kept message that does not fit is read from the store, in order and once") {
  message_queue queue{{2, overflow_policy::drop_oldest, true}, 0, false};
  for (std::uint64_t seq = 1; seq <= 4; ++seq) {
    const auto done = queue.offer(message(std::to_string(seq), seq));
    CHECK(done.has_it);
    CHECK(done.gave_way.empty());
  }
  CHECK_FALSE(queue.wants_past());  // it is full
  CHECK(queue.pop()->data == "1");
  REQUIRE(queue.wants_past());
  CHECK(queue.position() == 2);
  CHECK(queue.room() == 1);
  queue.begin_reading();
  CHECK_FALSE(queue.wants_past());
  CHECK(queue.offer(message("5", 5)).has_it);
  queue.take(page({message("3", 3)}, 3, true));
  CHECK(all_of(queue) == "2 3 ");
  REQUIRE(queue.wants_past());
  queue.begin_reading();
  // The page has what was offered in the meantime as well: it does not come twice.
  queue.take(page({message("4", 4), message("5", 5)}, 5));
  CHECK(queue.offer(message("5", 5)).has_it);
  CHECK(queue.pop()->data == "4");
  CHECK_FALSE(queue.wants_past());  // it has caught up, and takes what comes
  CHECK(queue.offer(message("6", 6)).has_it);
  CHECK(all_of(queue) == "5 6 ");
  CHECK_FALSE(queue.wants_past());
}

TEST_CASE("a kept message is never dropped for one that is not kept") {
  message_queue queue{{2, overflow_policy::drop_oldest, true}, 0, false};
  queue.offer(message("kept 1", 1));
  queue.offer(message("kept 2", 2));
  const auto done = queue.offer(message("fleeting"));
  CHECK_FALSE(done.has_it);
  CHECK(done.gave_way.at(0)->data == "fleeting");
  CHECK(all_of(queue) == "kept 1 kept 2 ");
}

TEST_CASE("a message that came while a page was read is asked for again") {
  message_queue queue{{10, overflow_policy::drop_oldest, true}, 0, true};
  REQUIRE(queue.wants_past());
  queue.begin_reading();
  CHECK(queue.offer(message("8", 8)).has_it);
  queue.take(page({message("7", 7)}, 7));
  CHECK(all_of(queue) == "7 ");
  CHECK(queue.wants_past());
}

TEST_CASE("a queue that does not follow the store takes kept messages as they come") {
  message_queue queue{{1, overflow_policy::drop_oldest, false}, 0, false};
  queue.offer(message("1", 1));
  const auto done = queue.offer(message("2", 2));
  CHECK(done.gave_way.at(0)->data == "1");
  CHECK(all_of(queue) == "2 ");
  CHECK_FALSE(queue.wants_past());
}

TEST_CASE("a large message takes the place of as many small ones as it needs") {
  message_queue queue{{1000, overflow_policy::drop_oldest, false}, 0, false};
  const std::string large(8 * 1024 * 1024, 'x');
  for (int i = 0; i < 10; ++i) queue.offer(message("small"));
  queue.offer(message(large));
  queue.offer(message(large));
  // 16 MiB and ten small ones wait: it is full, and the small ones alone make no room.
  const auto third = queue.offer(message(large));
  CHECK(third.has_it);
  CHECK(third.gave_way.size() == 11);
  CHECK(queue.size() == 2);
}
