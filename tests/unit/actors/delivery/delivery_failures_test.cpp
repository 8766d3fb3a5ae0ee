#include "tests/unit/actors/delivery/delivery_world.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace std::chrono_literals;

using texts = std::vector<std::string>;

TEST_CASE("what was not taken is tried again after pauses that double, and the order is kept") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(503); };
  world.start();
  const auto task = world.new_task();
  world.happens(task, "ss");
  REQUIRE(world.create(world.config(task, "p")));
  CHECK(world.sender.letters.size() == 1);
  world.pass(999ms);
  CHECK(world.sender.letters.size() == 1);
  world.pass(1ms);
  CHECK(world.sender.letters.size() == 2);
  world.pass(1'999ms);
  CHECK(world.sender.letters.size() == 2);
  world.sender.answer = [](const auto&) { return status(204); };
  world.pass(1ms);
  CHECK(world.sender.bodies() == "v1:1 v1:1 v1:1 v1:2 ");
  CHECK(world.row(task, "p") == "2 open");
  CHECK(world.seen.failed == 2);
  CHECK(world.seen.taken == 2);
}

TEST_CASE("attempts are counted for each event anew") {
  delivery_world world;
  world.with.how.attempts = 3;
  int posts = 0;
  world.sender.answer = [&](const auto&) { return status(++posts % 3 == 0 ? 200 : 500); };
  world.start();
  const auto task = world.new_task();
  world.happens(task, "sss");
  REQUIRE(world.create(world.config(task, "p")));
  world.pass(10'000ms);
  CHECK(world.sender.bodies() == "v1:1 v1:1 v1:1 v1:2 v1:2 v1:2 v1:3 v1:3 v1:3 ");
  CHECK(world.row(task, "p") == "3 open");
}

TEST_CASE("a receiver that asks for a pause gets it") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(429, 7s); };
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  REQUIRE(world.create(world.config(task, "p")));
  world.pass(6'999ms);
  CHECK(world.sender.letters.size() == 1);
  world.pass(1ms);
  CHECK(world.sender.letters.size() == 2);
}

TEST_CASE("after so many attempts it is given up: the receiver is done, its task goes on") {
  delivery_world world;
  world.with.how.attempts = 3;
  world.sender.answer = [](const auto&) { return result<core::push_answer>{fail(errc::timeout, "no answer")}; };
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  REQUIRE(world.create(world.config(task, "p")));
  world.pass(60'000ms);
  CHECK(world.sender.letters.size() == 3);
  CHECK(world.seen.given_up == texts{"attempts"});
  CHECK(world.seen.open == 0);
  CHECK(world.row(task, "p") == "0 done");
  world.happens(task, "sc");
  world.pass(10'000ms);
  CHECK(world.sender.letters.size() == 3);
  CHECK(world.store.tasks.at(task).row.status.state == core::task_state::completed);
  CHECK(world.store.tasks.at(task).events.size() == 3);
}

TEST_CASE("what was refused is not tried again") {
  delivery_world world;
  std::vector<result<core::push_answer>> answers{status(404), status(302), fail(errc::address_refused, "10.0.0.1"),
                                                 fail(errc::invalid, "no URL")};
  std::size_t next = 0;
  world.sender.answer = [&](const auto&) { return answers.at(next++); };
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  for (const auto* id : {"a", "b", "c", "d"}) REQUIRE(world.create(world.config(task, id)));
  world.pass(10'000ms);
  CHECK(world.sender.letters.size() == 4);
  CHECK(world.seen.given_up == texts{"http_4xx", "http_3xx", "address_refused", "invalid"});
  for (const auto* id : {"a", "b", "c", "d"}) CHECK(world.row(task, id) == "0 done");
}

TEST_CASE("one that was given up goes on from its cursor when it is registered anew, also after a restart") {
  delivery_world world;
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  REQUIRE(world.create(world.config(task, "p")));
  world.sender.answer = [](const auto&) { return status(401); };
  world.happens(task, "ss");
  CHECK(world.row(task, "p") == "1 done");
  world.sender.answer = nullptr;
  REQUIRE(world.create(world.config(task, "p"), 3));
  CHECK(world.row(task, "p") == "1 open");
  CHECK(world.sender.bodies() == "v1:1 v1:2 v1:2 ");
  world.crash();
  world.sender.answer = [](const auto&) { return status(200); };
  world.start();
  CHECK(world.sender.bodies(3) == "v1:2 v1:3 ");
}

TEST_CASE("one that is registered anew at the moment it is given up goes on") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(401); };
  world.start();
  const auto task = world.new_task();
  world.happens(task, "ss");
  REQUIRE(world.create(world.config(task, "p")));
  CHECK(world.row(task, "p") == "0 done");
  // The store has taken the new one first and the end of the old one after it.
  world.sender.answer = [](const auto&) { return status(200); };
  caf::anon_send(world.deliveries, actors::push_changed{task, "p"});
  world.run();
  CHECK(world.sender.bodies(1) == "v1:1 v1:2 ");
  CHECK(world.row(task, "p") == "2 open");
}

TEST_CASE("one that is registered anew before the store knows that it was given up goes on") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.new_task();
  world.happens(task, "ss");
  REQUIRE(world.create(world.config(task, "p")));
  world.store.kept_pushes.refusal = fail(errc::io, "the disk does not answer");
  world.answer(0, status(401));
  CHECK(world.seen.given_up.size() == 1);
  world.store.kept_pushes.refusal.reset();
  world.sender.answer = [](const auto&) { return status(200); };
  REQUIRE(world.create(world.config(task, "p")));
  world.pass(1'000ms);
  CHECK(world.sender.bodies(1) == "v1:1 v1:2 ");
  CHECK(world.row(task, "p") == "2 open");
}

TEST_CASE("one that is replaced while it pauses is tried at once") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(500); };
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  REQUIRE(world.create(world.config(task, "p")));
  world.sender.answer = [](const auto&) { return status(200); };
  REQUIRE(world.create(world.config(task, "p", "https://two.example/")));
  CHECK(world.sender.letters.size() == 2);
  world.pass(5'000ms);
  CHECK(world.sender.letters.size() == 2);
}

TEST_CASE("what is removed while it pauses or waits is not told") {
  delivery_world world;
  world.with.how.at_once = 1;
  world.sender.answer = [](const auto&) { return status(500); };
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  REQUIRE(world.create(world.config(task, "pauses")));
  world.sender.answer = nullptr;
  REQUIRE(world.create(world.config(task, "posts")));
  REQUIRE(world.create(world.config(task, "waits")));
  CHECK(world.sender.letters.size() == 2);
  REQUIRE(world.remove(task, "pauses"));
  REQUIRE(world.remove(task, "waits"));
  world.answer(1, status(200));
  world.pass(5'000ms);
  CHECK(world.sender.letters.size() == 2);
  CHECK(world.seen.open == 1);
}

TEST_CASE("feeds that restart lose nothing and repeat nothing") {
  delivery_world world;
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  REQUIRE(world.create(world.config(task, "p")));
  world.restart_feeds();
  world.happens(task, "s");
  CHECK(world.sender.bodies() == "v1:1 ");
  world.pass(1'000ms);
  CHECK(world.sender.bodies() == "v1:1 v1:2 ");
  world.happens(task, "sc");
  CHECK(world.sender.bodies(2) == "v1:3 v1:completed ");
}

TEST_CASE("feeds that restart while a POST is under way do not touch it") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.new_task();
  world.happens(task, "ss");
  REQUIRE(world.create(world.config(task, "p")));
  world.restart_feeds();
  CHECK_FALSE(world.sender.letters.at(0)->let_go);
  world.answer(0, status(200));
  world.answer(1, status(200));
  world.happens(task, "s");
  CHECK(world.sender.bodies() == "v1:1 v1:2 v1:3 ");
}

TEST_CASE("what cannot be put into words is given up, and the deliveries go on") {
  delivery_world world;
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  auto broken = world.config(task, "b");
  broken.dialect = "broken";
  REQUIRE(world.create(broken));
  REQUIRE(world.create(world.config(task, "p")));
  world.happens(task, "s");
  CHECK(world.seen.given_up == std::vector<std::string>{"internal"});
  CHECK(world.row(task, "b").ends_with(" done"));
  CHECK(world.sender.bodies() == "v1:1 v1:2 ");
}

TEST_CASE("hosts that hang however many do not hold up one that answers") {
  delivery_world world;
  world.with.how.at_once = 4;
  world.sender.answer = nullptr;
  world.start();
  for (int i = 0; i < 6; ++i) {
    const auto task = world.new_task();
    world.happens(task, "s");
    REQUIRE(world.create(world.config(task, "p", "https://hangs" + std::to_string(i) + ".example:8443/")));
  }
  CHECK(world.sender.letters.size() == 2);
  const auto quick = world.new_task();
  world.happens(quick, "ssss");
  REQUIRE(world.create(world.config(quick, "p", "https://quick.example/")));
  CHECK(world.sender.letters.size() == 2);
  // Their time is over; of the six, the last four and the quick one were not asked yet.
  for (std::size_t i = 0; i < 5; ++i) world.answer(i, fail(errc::timeout, "no answer"));
  REQUIRE(world.sender.letters.size() == 7);
  REQUIRE(world.sender.letters[6]->what.url == "https://quick.example/");
  world.answer(6, status(200));
  // From now on it waits for nobody.
  for (std::size_t i = 7; i < 10; ++i) {
    REQUIRE(world.sender.letters.size() > i);
    const auto last = world.sender.letters.size() - 1;
    CHECK(world.sender.letters[last]->what.url == "https://quick.example/");
    world.answer(last, status(200));
  }
  CHECK(world.row(quick, "p") == "4 open");
}

TEST_CASE("a path that hangs does not hold up another one of its host") {
  delivery_world world;
  world.with.how.at_once_per_host = 8;
  world.sender.answer = nullptr;
  world.start();
  for (int i = 0; i < 20; ++i) {
    const auto task = world.new_task();
    world.happens(task, "s");
    REQUIRE(world.create(world.config(task, "p", "https://one.example/hangs" + std::to_string(i))));
  }
  const auto quick = world.new_task();
  world.happens(quick, "ssss");
  REQUIRE(world.create(world.config(quick, "p", "https://one.example/quick")));
  CHECK(world.sender.letters.size() == 1);
  world.answer(0, fail(errc::timeout, "no answer"));
  REQUIRE(world.sender.letters.size() == 2);
  for (int i = 0; i < 4; ++i) {
    const auto& all = world.sender.letters;
    const auto next = std::find_if(all.begin(), all.end(), [](const auto& each) {
      return !each->let_go && each->what.url == "https://one.example/quick";
    });
    REQUIRE(next != all.end());
    world.answer(static_cast<std::size_t>(next - all.begin()), status(200));
  }
  CHECK(world.row(quick, "p") == "4 open");
}

TEST_CASE("who waits for a place holds no event and no feed, and goes on where it was") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.restart_feeds();  // these count who listens
  world.start();
  for (int i = 0; i < 50; ++i) {
    const auto task = world.new_task();
    world.happens(task, "s.s");
    REQUIRE(world.create(world.config(task, "p", "https://hangs.example/")));
  }
  CHECK(world.sender.letters.size() == 1);
  CHECK(world.seen.subscribers == 1);
  CHECK(world.seen.open == 50);
  world.sender.answer = [](const auto&) { return status(200); };
  world.answer(0, status(200));
  CHECK(world.seen.taken == 100);
  for (const auto& [id, row] : world.store.kept_pushes.rows) CHECK(row.cursor == 3);
}

TEST_CASE("a receiver whose feed fails while it has a place for it leaves the place to others") {
  delivery_world world;
  world.with.how.at_once = 1;
  world.sender.answer = nullptr;
  world.start();
  const auto first = world.new_task();
  const auto gone = world.new_task();
  const auto third = world.new_task();
  for (const auto task : {first, gone, third}) {
    world.happens(task, "s");
    REQUIRE(world.create(world.config(task, "p")));
  }
  world.delete_task(gone);
  world.answer(0, status(200));
  CHECK(world.row(gone, "p") == "none");
  REQUIRE(world.sender.letters.size() == 2);
  world.answer(1, status(200));
  CHECK(world.row(third, "p") == "1 open");
}
