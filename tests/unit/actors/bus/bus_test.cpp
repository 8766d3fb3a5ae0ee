#include "tests/unit/actors/bus/bus_world.hpp"

using namespace mofa;
using namespace mofa::test;

TEST_CASE("a message goes to every client whose pattern matches, and to no other tenant") {
  bus_world world;
  world.start();
  const auto exact = world.listen("orders.new");
  const auto one_word = world.listen("orders.*");
  const auto rest = world.listen("orders.#");
  const auto other = world.listen("invoices.*");
  const auto foreign = world.listen("#", 1000, std::nullopt, "umbrella");
  CHECK(world.delivered("orders.new", 1) == 3);
  CHECK(world.delivered("orders.eu.new", 2) == 1);
  CHECK(world.delivered("nobody.listens", 3) == 0);
  CHECK(exact.got() == "1 ");
  CHECK(one_word.got() == "1 ");
  CHECK(rest.got() == "1 2 ");
  CHECK(other.got().empty());
  CHECK(foreign.got().empty());
  CHECK(world.line("nobody.listens") == "0 0 1 0 1 0");
  CHECK(world.list(50, {}, "umbrella").items.size() == 1);  // its own pattern, and nothing of another tenant
}

TEST_CASE("a subscription that has ended gets nothing") {
  bus_world world;
  world.start();
  auto ear = world.listen("a");
  ear.handle.reset();
  world.run();
  CHECK(world.delivered("a", 1) == 0);
  CHECK(ear.got().empty());
}

TEST_CASE("a subscriber that does not read delays nobody, and is told what it has lost") {
  bus_world world;
  world.start();
  const auto stuck = world.listen("t", 1);
  const auto quick = world.listen("t");
  std::string all;
  for (int i = 0; i < 300; ++i) {
    CHECK(world.delivered("t", i) == 2);
    all += std::to_string(i) + ' ';
  }
  CHECK(quick.got() == all);
  CHECK(stuck.got() == "0 ");
  // One was sent, 256 wait, the oldest of the rest were dropped.
  CHECK(world.line("t") == "2 256 300 43 0 0");
  stuck.handle->grant(2);
  world.run();
  CHECK(stuck.got() == "0 (43 lost) 44 45 ");
}

TEST_CASE("durable messages are kept before they are answered, in groups, and come in the order of their numbers") {
  bus_world world;
  world.start();
  const auto ear = world.listen("t");
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < 10; ++i)
    world.front.publish({"default", "alice", 0}, {"t", i, true, 0, std::nullopt},
                        [&numbers](result<core::published> got) { numbers.push_back(got ? got->seq : 0); });
  world.run();
  CHECK(numbers == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(ear.got() == "0 1 2 3 4 5 6 7 8 9 ");
  CHECK(world.store.kept_messages.commits == std::vector<std::size_t>{1, 9});
}

TEST_CASE("a durable message that cannot be kept is refused, and nobody gets it") {
  bus_world world;
  world.start();
  const auto ear = world.listen("t");
  world.store.kept_messages.refusal = fail(errc::storage_full, "the disk is full");
  CHECK(world.publish("t", 1, true).error().code == errc::storage_full);
  world.store.kept_messages.refusal.reset();
  CHECK(world.delivered("t", 2, true) == 1);
  CHECK(ear.got() == "2 ");
}

TEST_CASE("a key makes a durable message once") {
  bus_world world;
  world.start();
  const auto ear = world.listen("t");
  const core::idempotency key{"k", "POST t", "hash"};
  CHECK(world.publish("t", 1, true, key)->seq == 1);
  const auto again = world.publish("t", 1, true, key);
  CHECK(again->replayed);
  CHECK(again->seq == 1);
  CHECK(ear.got() == "1 ");
  CHECK(world.publish("t", 1, false, key).error().code == errc::invalid);
}

TEST_CASE("a client that comes back gets what it missed, then what comes") {
  bus_world world;
  world.start();
  for (int i = 1; i <= 500; ++i) world.delivered(i % 2 == 0 ? "even" : "odd", i, true);
  const auto ear = world.listen("even", 10, 480);
  CHECK(ear.got() == "482 484 486 488 490 492 494 496 498 500 ");
  world.delivered("even", 501, true);
  CHECK(ear.got().ends_with("500 "));
  ear.handle->grant(5);
  world.run();
  CHECK(ear.got().ends_with("500 501 "));
  // A number that never was: from now on.
  const auto late = world.listen("even", 10, 9'999);
  world.delivered("even", 502, true);
  CHECK(late.got() == "502 ");
}

TEST_CASE("a client that falls behind has no hole in what was kept") {
  bus_world world;
  world.start();
  const auto ear = world.listen("t", 1);
  std::string all;
  for (int i = 1; i <= 1'000; ++i) {
    world.delivered("t", i, true);
    all += std::to_string(i) + ' ';
  }
  for (int round = 0; round < 200; ++round) {
    ear.handle->grant(7);
    world.run();
  }
  CHECK(ear.got() == all);
  CHECK(world.line("t") == "1 0 1000 0 0 1000");
}

TEST_CASE("a message that goes in circles is not published for ever") {
  bus_world world;
  world.start();
  std::optional<errc> why;
  world.front.publish({"default", "alice", 0}, {"t", 1, false, 17, std::nullopt},
                      [&why](result<core::published> got) { why = got.error().code; });
  world.run();
  CHECK(why == errc::limit_exceeded);
}

TEST_CASE("subscribers are told when the bus ends") {
  bus_world world;
  world.start();
  const auto ear = world.listen("t");
  world.restart();
  CHECK(ear.ear->failures == std::vector<errc>{errc::unavailable});
}

TEST_CASE("what comes before the bus knows its store waits for it") {
  bus_world world;
  for (int i = 1; i <= 5; ++i) {
    core::topic_entry old;
    old.what = {0, "default", "alice", "t", std::to_string(i), world.time.now(), 0};
    world.store.kept_messages.keep({&old, 1});
  }
  world.bus = world.keep(bus::spawn_bus(world.system, world.env, world.where, world.definitions, world.tasks));
  world.where.update([&](directory::services& s) { s.bus = world.bus; });
  // Nothing has run yet: a subscriber from now on must not be given the five.
  const auto ear = world.listen("t");
  CHECK(world.delivered("t", 6, true) == 1);
  CHECK(ear.got() == "6 ");
}

TEST_CASE("large messages fill a queue by their bytes, and cost a client more") {
  bus_world world;
  world.start();
  const std::string mebibyte(1024 * 1024, 'x');
  const auto quick = world.listen("t", 32);
  const auto stuck = world.listen("t", 0);
  for (int i = 0; i < 20; ++i) world.delivered("t", mebibyte);
  // A mebibyte costs 9: the fourth is begun with 5 left, and no fifth.
  CHECK(quick.got().size() == 4 * (mebibyte.size() + 3));
  CHECK(world.line("t") == "2 32 20 4 0 0");  // 16 MiB wait for each; 4 were dropped for the one that takes none
}

TEST_CASE("lists have pages") {
  bus_world world;
  world.start();
  for (const auto* topic : {"d", "b", "a", "c", "e"}) world.delivered(topic, 1, topic[0] < 'c');
  const auto first = world.list(2);
  REQUIRE(first.items.size() == 2);
  CHECK(first.items[0].topic == "a");
  CHECK(first.items[1].topic == "b");
  CHECK(first.next_cursor == "b");
  const auto second = world.list(2, first.next_cursor);
  CHECK(second.items[0].topic == "c");
  const auto last = world.list(2, second.next_cursor);
  REQUIRE(last.items.size() == 1);
  CHECK(last.items[0].topic == "e");
  CHECK(last.next_cursor.empty());
}
