#include "tests/unit/actors/delivery/delivery_world.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace std::chrono_literals;

using texts = std::vector<std::string>;

TEST_CASE("hosts that hang however many do not hold up one that answers") {
  delivery_world world;
  world.with.how.at_once = 4;
  world.sender.answer = nullptr;
  world.start();
  for (int i = 0; i < 6; ++i) {
    world.pushed("s", "p", "https://hangs" + std::to_string(i) + ".example:8443/");
  }
  CHECK(world.sender.letters.size() == 2);
  const auto quick = world.pushed("ssss", "p", "https://quick.example/");
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

TEST_CASE("whole tasks for hosts that hang do not hold up those for others: they weigh what they are") {
  delivery_world world;
  world.sender.answer = nullptr;
  for (int i = 0; i < 20; ++i) {
    const auto task = world.new_task();
    world.happens(task, "c");
    const auto to = world.config(task, "p", "https://host" + std::to_string(i) + ".example/");
    REQUIRE(world.store.kept_pushes.put({to, "default", "alice", "ctx"}, world.time.now()));
  }
  world.start();
  CHECK(world.sender.letters.size() == 20);
}

TEST_CASE("a body that weighs less than its event makes room for the next one at once") {
  delivery_world world;
  world.with.how.bytes_at_once = 100;
  world.sender.answer = nullptr;
  // The first one is taken to weigh all that there is, and the others wait for it.
  for (const auto* what : {"c", "a", "a", "a"}) {
    const auto task = world.new_task();
    world.happens(task, what);
    const auto to = world.config(task, "p", "https://" + task.str() + ".example/");
    REQUIRE(world.store.kept_pushes.put({to, "default", "alice", "ctx"}, world.time.now()));
    world.pass(1ms);
  }
  world.start();
  CHECK(world.sender.bodies() == "v1:completed v1:1 v1:1 v1:1 ");
}

TEST_CASE("an owner with however many hosts does not hold up another one") {
  delivery_world world;
  world.with.how.at_once = 4;
  world.sender.answer = nullptr;
  world.start();
  for (int i = 0; i < 20; ++i) world.pushed("s", "p", "https://hangs" + std::to_string(i) + ".example/");
  world.owner = "bob";
  world.pushed("s", "p", "https://bob.example/");
  CHECK(world.sender.letters.size() == 2);
  world.answer(0, fail(errc::timeout, "no answer"));
  REQUIRE(world.sender.letters.size() == 3);
  CHECK(world.sender.letters[2]->what.url == "https://bob.example/");
}

TEST_CASE("a path that hangs does not hold up another one of its host") {
  delivery_world world;
  world.with.how.at_once_per_host = 8;
  world.sender.answer = nullptr;
  world.start();
  for (int i = 0; i < 20; ++i) {
    world.pushed("s", "p", "https://one.example/hangs" + std::to_string(i));
  }
  const auto quick = world.pushed("ssss", "p", "https://one.example/quick");
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
    world.pushed("s.s", "p", "https://hangs.example/");
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

TEST_CASE("a server that does not answer is told once, and once that it answers again") {
  delivery_world world;
  const auto silence = [](const auto&) { return result<core::push_answer>{fail(errc::timeout, "no answer")}; };
  world.sender.answer = silence;
  world.start();
  const auto task = world.pushed("s");
  REQUIRE(world.create(world.config(task, "q")));
  world.pass(10'000ms);
  CHECK(world.sender.letters.size() > 4);
  CHECK(world.seen.servers == texts{"one.example:443 is silent"});
  world.sender.answer = [](const auto&) { return status(500); };
  world.pass(60'000ms);
  CHECK(world.seen.servers == texts{"one.example:443 is silent", "one.example:443 answers"});
}
