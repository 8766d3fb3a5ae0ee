#include "tests/unit/actors/delivery/delivery_world.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace std::chrono_literals;

using texts = std::vector<std::string>;

TEST_CASE("what was not taken is tried again after pauses that double, and the order is kept") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(503); };
  world.start();
  const auto task = world.pushed("ss");
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
  const auto task = world.pushed("sss");
  world.pass(10'000ms);
  CHECK(world.sender.bodies() == "v1:1 v1:1 v1:1 v1:2 v1:2 v1:2 v1:3 v1:3 v1:3 ");
  CHECK(world.row(task, "p") == "3 open");
}

TEST_CASE("a receiver that asks for a pause gets it") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(429, 7s); };
  world.start();
  world.pushed("s");
  world.pass(6'999ms);
  CHECK(world.sender.letters.size() == 1);
  world.pass(1ms);
  CHECK(world.sender.letters.size() == 2);
}

TEST_CASE("a pause that a receiver asks for is its server's, but no longer than the longest one") {
  delivery_world world;
  world.with.how.longest_pause = 5'000ms;
  world.sender.answer = [](const auto& what) { return what.url.ends_with("/limited") ? status(429, 7s) : status(200); };
  world.start();
  world.pushed("s", "p", "https://one.example/limited");
  world.pushed("s", "p", "https://ONE.example:443/other");
  CHECK(world.sender.letters.size() == 1);
  world.pushed("s", "p", "https://one.example:8443/");
  CHECK(world.sender.letters.size() == 2);
  world.pass(4'999ms);
  CHECK(world.sender.letters.size() == 2);
  world.pass(1ms);
  REQUIRE(world.sender.letters.size() == 3);
  CHECK(world.sender.letters[2]->what.url == "https://ONE.example:443/other");
  world.pass(1'999ms);
  CHECK(world.sender.letters.size() == 3);
  world.pass(1ms);
  REQUIRE(world.sender.letters.size() == 4);
  CHECK(world.sender.letters[3]->what.url == "https://one.example/limited");
}

TEST_CASE("after so many attempts it is given up: the receiver is done, its task goes on") {
  delivery_world world;
  world.with.how.attempts = 3;
  world.sender.answer = [](const auto&) { return result<core::push_answer>{fail(errc::timeout, "no answer")}; };
  world.start();
  const auto task = world.pushed("s");
  world.pass(60'000ms);
  CHECK(world.sender.letters.size() == 3);
  CHECK(world.seen.given_up == texts{"attempts"});
  CHECK(world.seen.open == 0);
  CHECK(world.row(task, "p") == "0 given up");
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
  for (const auto* id : {"a", "b", "c", "d"}) CHECK(world.row(task, id) == "0 given up");
  // A host that was not asked is not said to be silent.
  CHECK(world.seen.servers.empty());
}

TEST_CASE("an event that a receiver refuses is not tried again and the next ones are told") {
  delivery_world world;
  world.sender.answer = [](const auto& what) { return status(what.body == "v1:2" ? 400 : 200); };
  world.start();
  const auto task = world.pushed("sss");
  world.pass(10'000ms);
  CHECK(world.sender.bodies() == "v1:1 v1:2 v1:3 ");
  CHECK(world.seen.refused == texts{"p one.example:443 http_4xx"});
  CHECK(world.seen.failed == 1);
  CHECK(world.seen.given_up.empty());
  CHECK(world.row(task, "p") == "3 open");
}

TEST_CASE("a receiver that will have nothing is told all once, and is done with its task") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(422); };
  world.start();
  const auto task = world.pushed("sc");
  world.pass(10'000ms);
  CHECK(world.sender.bodies() == "v1:1 v1:completed ");
  CHECK(world.seen.refused.size() == 2);
  CHECK(world.row(task, "p") == "2 done");
}

TEST_CASE("a refusal ends the attempts of its event, and the next one has all of its own") {
  delivery_world world;
  world.with.how.attempts = 2;
  std::vector<int> answers{500, 400, 500, 200};
  std::size_t next = 0;
  world.sender.answer = [&](const auto&) { return status(answers.at(next++)); };
  world.start();
  const auto task = world.pushed("ss");
  world.pass(10'000ms);
  CHECK(world.sender.bodies() == "v1:1 v1:1 v1:2 v1:2 ");
  CHECK(world.row(task, "p") == "2 open");
}

TEST_CASE("what is said of one that was given up names it and its server, and no more of its URL") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(410); };
  world.start();
  world.pushed("s", "mine", "https://user:secret@One.example/path?secret#secret");
  CHECK(world.seen.lost == texts{"mine one.example:443"});
}

TEST_CASE("one that was given up is not shown until it is registered anew") {
  for (const bool in_memory : {false, true}) {
    CAPTURE(in_memory);
    delivery_world world;
    world.sender.answer = [](const auto& what) { return status(what.url.ends_with("/gone") ? 410 : 200); };
    world.start();
    const auto task = world.new_task(in_memory);
    world.happens(task, "s");
    const auto shown = [&] {
      const auto got =
          world.answer_to<core::push_config>([&](auto done) { world.front.get(world.alice, task, "p", std::move(done)); });
      const auto all = world.answer_to<core::page<core::push_config>>([&](auto done) {
        world.front.list(world.alice, task, {50, ""}, std::move(done));
      });
      REQUIRE(all);
      return std::to_string(got.has_value()) + ' ' + std::to_string(all->items.size());
    };
    REQUIRE(world.create(world.config(task, "p", "https://one.example/gone")));
    REQUIRE(world.create(world.config(task, "q")));
    CHECK(world.seen.given_up.size() == 1);
    CHECK(shown() == "0 1");
    REQUIRE(world.create(world.config(task, "p")));
    CHECK(shown() == "1 2");
  }
}

TEST_CASE("one that was given up goes on from its cursor when it is registered anew, also after a restart") {
  delivery_world world;
  world.start();
  const auto task = world.pushed("s");
  world.sender.answer = [](const auto&) { return status(401); };
  world.happens(task, "ss");
  CHECK(world.row(task, "p") == "1 given up");
  world.sender.answer = nullptr;
  REQUIRE(world.create(world.config(task, "p"), 3));
  CHECK(world.row(task, "p") == "1 open");
  CHECK(world.sender.bodies() == "v1:1 v1:2 v1:2 ");
  world.crash();
  world.sender.answer = [](const auto&) { return status(200); };
  world.start();
  CHECK(world.sender.bodies(3) == "v1:2 v1:3 ");
}

TEST_CASE("one that is registered anew at the moment it is given up goes on, also after a crash") {
  for (const bool crashes : {false, true}) {
    CAPTURE(crashes);
    delivery_world world;
    world.sender.answer = nullptr;
    world.start();
    const auto task = world.pushed("ss");
    // The store takes the new one first and the end of the old one after it; the news of the new one comes last, or never.
    REQUIRE(world.store.kept_pushes.put({world.config(task, "p"), "default", "alice", "ctx"}, world.time.now()));
    world.answer(0, status(401));
    CHECK(world.seen.given_up.size() == 1);
    CHECK(world.row(task, "p") == "0 open");
    world.sender.answer = [](const auto&) { return status(200); };
    if (crashes) {
      world.crash();
      world.start();
    } else {
      caf::anon_send(world.deliveries, actors::push_changed{task, "p"});
      world.run();
    }
    CHECK(world.sender.bodies(1) == "v1:1 v1:2 ");
    CHECK(world.row(task, "p") == "2 open");
  }
}

TEST_CASE("what was under way to one that is removed does not count for the next one of its id") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("ss");
  REQUIRE(world.store.kept_pushes.remove(task, "p"));
  REQUIRE(world.store.kept_pushes.put({world.config(task, "p"), "default", "alice", "ctx"}, world.time.now()));
  world.answer(0, status(200));
  CHECK(world.row(task, "p") == "0 open");
  world.crash();
  world.sender.answer = [](const auto&) { return status(200); };
  world.start();
  CHECK(world.sender.bodies().ends_with("v1:1 v1:2 "));
  CHECK(world.row(task, "p") == "2 open");
}

TEST_CASE("one that is removed and made again before the deliveries have heard of either is told from its own beginning") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("ss");
  REQUIRE(world.store.kept_pushes.remove(task, "p"));
  REQUIRE(world.store.kept_pushes.put({world.config(task, "p"), "default", "alice", "ctx"}, world.time.now()));
  caf::anon_send(world.deliveries, actors::push_changed{task, "p"});
  world.run();
  world.sender.answer = [](const auto&) { return status(200); };
  world.answer(0, status(200));
  CHECK(world.sender.bodies(1) == "v1:1 v1:2 ");
  CHECK(world.row(task, "p") == "2 open");
}

TEST_CASE("what the one before refuses is not held against the one that replaces it") {
  for (const int refusal : {404, 500}) {
    CAPTURE(refusal);
    delivery_world world;
    world.with.how.attempts = 1;
    world.sender.answer = nullptr;
    world.start();
    const auto task = world.pushed("ss");
    REQUIRE(world.create(world.config(task, "p", "https://two.example/")));
    world.sender.answer = [](const auto&) { return status(200); };
    world.answer(0, status(refusal));
    CHECK(world.seen.given_up.empty());
    CHECK(world.sender.bodies(1) == "v1:1 v1:2 ");
    CHECK(world.sender.letters.at(1)->what.url == "https://two.example/");
    CHECK(world.row(task, "p") == "2 open");
  }
}

TEST_CASE("what the one before refuses is not held against one that was looked at twice") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("ss");
  REQUIRE(world.create(world.config(task, "p", "https://two.example/")));
  caf::anon_send(world.deliveries, actors::push_changed{task, "p"});
  world.run();
  world.sender.answer = [](const auto&) { return status(200); };
  world.answer(0, status(404));
  CHECK(world.seen.given_up.empty());
  CHECK(world.sender.bodies(1) == "v1:1 v1:2 ");
}

TEST_CASE("one that is registered anew before the store knows that it was given up goes on") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("ss");
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
  const auto task = world.pushed("s");
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
  const auto task = world.pushed("s", "pauses");
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
  const auto task = world.pushed("s");
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
  const auto task = world.pushed("ss");
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
  CHECK(world.row(task, "b").ends_with(" given up"));
  CHECK(world.sender.bodies() == "v1:1 v1:2 ");
}

TEST_CASE("a configuration whose task is gone is removed as soon as the store can, and it is told what fails") {
  delivery_world world;
  world.sender.answer = [](const auto&) { return status(500); };
  world.start();
  const auto task = world.pushed("s");
  world.delete_task(task);
  world.store.kept_pushes.refusal = fail(errc::io, "the disk does not answer");
  world.pass(1'000ms);
  CHECK(world.seen.store_failures == std::vector<errc>{errc::io});
  world.pass(1'000ms);
  CHECK(world.seen.store_failures.size() == 2);
  world.store.kept_pushes.refusal.reset();
  CHECK(world.row(task, "p") == "0 open");
  world.pass(1'000ms);
  CHECK(world.row(task, "p") == "none");
  CHECK(world.seen.open == 0);
  CHECK(world.sender.letters.size() == 1);
}
