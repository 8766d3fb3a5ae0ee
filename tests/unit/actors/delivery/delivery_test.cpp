#include "tests/unit/actors/delivery/delivery_world.hpp"

using namespace mofa;
using namespace mofa::test;

TEST_CASE("a receiver is told what happens, in order, and the end with the whole task; then it is done") {
  delivery_world world;
  world.start();
  CHECK(world.seen.open == 0);
  const auto task = world.pushed("..");
  CHECK(world.seen.open == 1);
  CHECK(world.sender.letters.empty());
  world.happens(task, "s.a");
  CHECK(world.sender.bodies() == "v1:3 v1:5 ");
  CHECK(world.row(task, "p") == "5 open");
  world.happens(task, "a.c");
  CHECK(world.sender.bodies(2) == "v1:6 v1:completed ");
  CHECK(world.row(task, "p") == "8 done");
  CHECK(world.seen.open == 0);
  CHECK(world.seen.taken == 4);
}

TEST_CASE("a receiver is told only what comes behind the number that it was registered with") {
  delivery_world world;
  world.start();
  const auto task = world.new_task();
  world.happens(task, "ssa");
  REQUIRE(world.create(world.config(task, "p"), 2));
  CHECK(world.sender.bodies() == "v1:3 ");
}

TEST_CASE("a past of more events than a receiver holds arrives whole and in order") {
  delivery_world world;
  world.start();
  const auto task = world.pushed("s.s.s.s.s.s.s.s.s.s.c");
  CHECK(world.sender.bodies() == "v1:1 v1:3 v1:5 v1:7 v1:9 v1:11 v1:13 v1:15 v1:17 v1:19 v1:completed ");
  CHECK(world.row(task, "p") == "21 done");
}

TEST_CASE("the request carries what the configuration and the dialect say, and nothing else") {
  delivery_world world;
  world.start();
  const auto task = world.new_task();
  world.happens(task, "s");
  auto secret = world.config(task, "a", "https://one.example/hook?x=1");
  secret.scheme = "Bearer";
  secret.credentials = "c4n4ry";
  secret.token = "t0ken";
  REQUIRE(world.create(secret));
  REQUIRE(world.create(world.config(task, "b")));
  REQUIRE(world.sender.letters.size() == 2);
  using headers = std::vector<std::pair<std::string, std::string>>;
  const auto& first = world.sender.letters[0]->what;
  CHECK(first.url == "https://one.example/hook?x=1");
  CHECK(first.headers == headers{{"Content-Type", "text/ctx"}, {"Authorization", "Bearer c4n4ry"}, {"X-Token", "t0ken"}});
  CHECK(first.timeout == milliseconds{15'000});
  CHECK(world.sender.letters[1]->what.headers == headers{{"Content-Type", "text/ctx"}});
}

TEST_CASE("the next event is told when the one before was taken and its number is in the store") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("sss");
  CHECK(world.sender.bodies() == "v1:1 ");
  world.store.kept_pushes.refusal = fail(errc::storage_full, "the disk is full");
  world.answer(0, status(200));
  world.pass(milliseconds{5'000});
  CHECK(world.sender.bodies() == "v1:1 ");
  world.store.kept_pushes.refusal.reset();
  world.pass(milliseconds{1'000});
  CHECK(world.row(task, "p") == "1 open");
  CHECK(world.sender.bodies() == "v1:1 v1:2 ");
}

TEST_CASE("what nobody is told of costs no write but for one in two hundred") {
  delivery_world world;
  world.start();
  const auto task = world.pushed(".");
  world.happens(task, std::string(150, '.'));
  CHECK(world.store.kept_pushes.moves == 0);
  world.happens(task, std::string(150, '.'));
  CHECK(world.store.kept_pushes.moves == 1);
  CHECK(world.sender.letters.empty());
}

TEST_CASE("cursors that move at the same time are one write") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  for (int i = 0; i < 10; ++i) {
    world.pushed("s");
  }
  REQUIRE(world.sender.letters.size() == 1);
  world.answer(0, status(200));
  REQUIRE(world.sender.letters.size() == 10);
  for (std::size_t i = 1; i < 10; ++i) world.sender.letters[i]->done(status(200));
  world.run();
  CHECK(world.store.kept_pushes.moves <= 3);
  for (const auto& [id, row] : world.store.kept_pushes.rows) CHECK(row.cursor == 1);
}

TEST_CASE("the deliveries begin again from the store, whatever number of them there is") {
  delivery_world world;
  for (int i = 0; i < 450; ++i) {
    const auto task = world.new_task();
    world.happens(task, "ss");
    core::open_push row{world.config(task, "p"), "default", "alice", "ctx", 1, i % 10 == 0};
    world.store.kept_pushes.rows.emplace(std::pair{task, std::string{"p"}}, row);
  }
  world.start();
  CHECK(world.seen.open == 405);
  CHECK(world.sender.letters.size() == 405);
  for (const auto& each : world.sender.letters) CHECK(each->what.body == "v1:2");
}

TEST_CASE("a store that cannot be read at the start is asked again") {
  delivery_world world;
  const auto task = world.new_task();
  world.happens(task, "s");
  REQUIRE(world.store.kept_pushes.put({world.config(task, "p"), "default", "alice", "ctx", 0, false}, world.time.now()));
  world.store.kept_pushes.refusal = fail(errc::io, "the disk does not answer");
  world.start();
  world.pass(milliseconds{3'000});
  CHECK(world.sender.letters.empty());
  CHECK(world.seen.store_failures.size() == 4);
  world.store.kept_pushes.refusal.reset();
  world.pass(milliseconds{1'000});
  CHECK(world.sender.bodies() == "v1:1 ");
}

TEST_CASE("a crash between the answer and the cursor repeats what was under way, and nothing else") {
  delivery_world world;
  world.start();
  const auto task = world.pushed("ss");
  world.sender.answer = nullptr;
  world.happens(task, "ss");
  CHECK(world.sender.bodies() == "v1:1 v1:2 v1:3 ");
  world.store.kept_pushes.refusal = fail(errc::io, "the power goes");
  world.answer(2, status(200));
  world.crash();
  world.store.kept_pushes.refusal.reset();
  world.sender.answer = [](const auto&) { return status(200); };
  world.start();
  CHECK(world.sender.bodies(3) == "v1:3 v1:4 ");
  CHECK(world.row(task, "p") == "4 open");
}

TEST_CASE("a crash while a POST is under way lets go of it, and sends it again") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  world.pushed("ss");
  world.crash();
  CHECK(world.sender.letters.at(0)->let_go);
  world.sender.answer = [](const auto&) { return status(200); };
  world.start();
  CHECK(world.sender.bodies() == "v1:1 v1:1 v1:2 ");
}

TEST_CASE("a task that ended before the start is told to its end, and one with nothing left is done") {
  delivery_world world;
  const auto task = world.new_task();
  world.happens(task, "s.c");
  world.start();
  REQUIRE(world.create(world.config(task, "late"), 3));
  CHECK(world.row(task, "late") == "3 done");
  CHECK(world.sender.letters.empty());
  REQUIRE(world.create(world.config(task, "all")));
  CHECK(world.sender.bodies() == "v1:1 v1:completed ");
  CHECK(world.row(task, "all") == "3 done");
}

TEST_CASE("a task that is gone takes its configurations along") {
  delivery_world world;
  const auto task = world.new_task();
  REQUIRE(world.store.kept_pushes.put({world.config(task, "p"), "default", "alice", "ctx", 0, false}, world.time.now()));
  world.start();
  CHECK(world.row(task, "p") == "none");
  CHECK(world.seen.open == 0);
}

TEST_CASE("a task that goes before its end could be read takes its configurations along") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("sc");
  world.store.tasks.erase(task);
  world.answer(0, status(200));
  CHECK(world.sender.letters.size() == 1);
  CHECK(world.row(task, "p") == "none");
}

TEST_CASE("a task that goes while its receiver is behind takes its configurations along") {
  for (const bool in_memory : {false, true}) {
    CAPTURE(in_memory);
    delivery_world world;
    world.sender.answer = nullptr;
    world.restart_feeds();  // these count who listens
    world.start();
    const auto task = world.new_task(in_memory);
    world.happens(task, "sssssc");
    REQUIRE(world.create(world.config(task, "p")));
    world.answer(0, status(200));
    world.delete_task(task);
    world.answer(1, status(200));
    world.pass(milliseconds{2'000});
    CHECK(world.sender.letters.size() == 2);
    CHECK(world.row(task, "p") == "none");
    CHECK(world.seen.open == 0);
    CHECK(world.seen.subscribers == 0);
  }
}

TEST_CASE("a task that is kept in memory only is told like any other") {
  delivery_world world;
  world.start();
  const auto task = world.new_task(true);
  world.happens(task, "s");
  REQUIRE(world.create(world.config(task, "p")));
  world.happens(task, "a.c");
  CHECK(world.sender.bodies() == "v1:1 v1:2 v1:completed ");
}

TEST_CASE("the configuration of a task that is kept in memory only goes when it has been told all, or is given up") {
  delivery_world world;
  world.sender.answer = [](const auto& what) { return status(what.url.ends_with("/wrong") ? 404 : 200); };
  world.start();
  const auto task = world.new_task(true);
  world.happens(task, "s");
  REQUIRE(world.create(world.config(task, "p")));
  REQUIRE(world.create(world.config(task, "q", "https://one.example/wrong")));
  CHECK(world.row(task, "p") == "1 open");
  CHECK(world.row(task, "q") == "none");
  world.happens(task, "c");
  CHECK(world.row(task, "p") == "none");
}

TEST_CASE("what is removed is told nothing more, but for what is under way") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("ss");
  REQUIRE(world.create(world.config(task, "q", "https://two.example/")));
  REQUIRE(world.remove(task, "p"));
  REQUIRE(world.remove(task, "q"));
  CHECK_FALSE(world.sender.letters.at(0)->let_go);
  world.answer(0, status(200));
  world.answer(1, status(500));
  world.pass(milliseconds{10'000});
  CHECK(world.sender.letters.size() == 2);
  CHECK(world.seen.open == 0);
  CHECK(world.row(task, "p") == "none");
}

TEST_CASE("one that is made again while the last word to the old one is under way begins where it is told to") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("ss");
  REQUIRE(world.remove(task, "p"));
  REQUIRE(world.create(world.config(task, "p", "https://two.example/"), 1));
  REQUIRE(world.sender.letters.size() == 2);
  CHECK(world.sender.letters[1]->what.body == "v1:2");
  CHECK(world.sender.letters[1]->what.url == "https://two.example/");
  world.answer(0, status(200));
  world.answer(1, status(200));
  CHECK(world.sender.letters.size() == 2);
  CHECK(world.row(task, "p") == "2 open");
}

TEST_CASE("one that is replaced goes on from its cursor, with what is new about it") {
  delivery_world world;
  world.sender.answer = nullptr;
  world.start();
  const auto task = world.pushed("sss");
  auto other = world.config(task, "p", "https://two.example/");
  other.dialect = "v2";
  REQUIRE(world.create(other, 0));
  CHECK(world.sender.letters.size() == 1);
  world.answer(0, status(200));
  REQUIRE(world.sender.letters.size() == 2);
  CHECK(world.sender.letters[1]->what.body == "v2:2");
  CHECK(world.sender.letters[1]->what.url == "https://two.example/");
}

TEST_CASE("what changes while the deliveries start is seen, and in its order") {
  delivery_world world;
  const auto task = world.new_task();
  world.happens(task, "s");
  world.deliveries = world.keep(delivery::spawn_delivery(world.system, world.counted, world.where, world.tasks, world.with));
  world.where.update([&](directory::services& s) { s.delivery = world.deliveries; });
  world.front.create(world.alice, world.config(task, "stays"), 0, [](auto) {});
  world.front.create(world.alice, world.config(task, "goes"), 1, [](auto) {});
  world.front.remove(world.alice, task, "goes", [](auto) {});
  world.run();
  world.happens(task, "s");
  CHECK(world.sender.bodies() == "v1:1 v1:2 ");
  CHECK(world.seen.open == 1);
}
