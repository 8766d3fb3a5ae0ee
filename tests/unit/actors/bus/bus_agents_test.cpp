#include "tests/unit/actors/bus/bus_world.hpp"

using namespace mofa;
using namespace mofa::test;

TEST_CASE("a message becomes a task of each agent that subscribes, owned by its publisher") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "orders.*"}}, {{"topic", "orders.#"}}}));
  world.define("other", json::array({{{"topic", "invoices"}}}));
  world.start();
  CHECK(world.delivered("orders.new", {{"id", 7}}) == 1);  // two patterns of one agent: one task
  CHECK(world.delivered("orders.old", {{"id", 6}}, true) == 1);
  world.tasks.offers.erase(world.tasks.offers.begin() + 1, world.tasks.offers.end());
  REQUIRE(world.tasks.offers.size() == 1);
  const auto& [who, what] = world.tasks.offers[0];
  CHECK(who.tenant == "default");
  CHECK(who.principal == "alice");
  CHECK_FALSE(who.sees_all_owners());
  CHECK(what.agent == "clerk");
  REQUIRE(what.message.parts.size() == 1);
  CHECK(what.message.parts[0].data == json{{"id", 7}});
  CHECK(what.labels.at("topic") == "orders.new");
  CHECK(what.labels.at("topic_hops") == "1");
  world.delivered("orders.new", "in words", true);
  CHECK(world.tasks.offers[1].what.message.text() == "in words");
  REQUIRE(world.tasks.offers[1].what.idempotency);
  CHECK(world.tasks.offers[1].what.idempotency->key == "2");
}

TEST_CASE("an agent gets one message at a time, in order, and what it cannot take now again") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"capacity", 2}, {"overflow", "drop_newest"}}}));
  world.start();
  world.tasks.answer = [](const auto&) { return fail(errc::queue_full, "no room"); };
  for (const auto* text : {"a", "b", "c", "d"}) world.delivered("t", text);
  CHECK(world.tasks.texts() == "a ");
  CHECK(world.line("t") == "1 2 4 1 1 0");  // b and c wait, d found no room
  world.pass(milliseconds{99});
  CHECK(world.tasks.texts() == "a ");
  world.pass(milliseconds{1});
  CHECK(world.tasks.texts() == "a a ");
  world.tasks.answer = [](const auto&) { return core::submitted_task{}; };
  world.pass(milliseconds{200});
  CHECK(world.tasks.texts() == "a a a b c ");
}

TEST_CASE("what an agent will never take holds up nothing") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.start();
  world.tasks.answer = [](const core::submission& what) -> result<core::submitted_task> {
    if (what.message.text() == "bad") return fail(errc::invalid, "not for me");
    return core::submitted_task{};
  };
  world.delivered("t", "bad", true);
  world.delivered("t", "good", true);
  CHECK(world.tasks.texts() == "bad good ");
  CHECK(world.store.kept_messages.cursors.at({"clerk", "t"}) == 2);
}

TEST_CASE("a durable subscription of an agent goes on where it was, with what came while it was away") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t.*"}, {"durable", true}, {"capacity", 3}}}));
  world.start();
  CHECK(world.store.kept_messages.cursors.at({"clerk", "t.*"}) == 0);
  world.tasks.answer = [](const auto&) { return fail(errc::unavailable, "restarting"); };
  for (int i = 1; i <= 20; ++i) world.delivered("t.a", std::to_string(i), true);
  CHECK(world.tasks.texts() == "1 ");
  world.restart();
  world.tasks.offers.clear();
  world.tasks.answer = [](const auto&) { return core::submitted_task{}; };
  world.pass(milliseconds{5'000});
  // The first offers after the restart may have met the refusal.
  std::string expected;
  for (int i = 1; i <= 20; ++i) expected += std::to_string(i) + ' ';
  CHECK(world.tasks.texts() == expected);
  CHECK(world.store.kept_messages.cursors.at({"clerk", "t.*"}) == 20);
  world.restart();
  CHECK(world.tasks.texts() == expected);
}

TEST_CASE("a message that was handed over but not noted is the same task after a restart") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.start();
  world.tasks.holds = true;
  world.delivered("t", "one", true);
  world.restart();
  REQUIRE(world.tasks.offers.size() == 2);
  CHECK(world.tasks.offers[0].what.idempotency->key == world.tasks.offers[1].what.idempotency->key);
  CHECK(world.tasks.offers[0].what.idempotency->operation == world.tasks.offers[1].what.idempotency->operation);
  CHECK(world.tasks.offers[0].what.idempotency->body_hash == world.tasks.offers[1].what.idempotency->body_hash);
}

TEST_CASE("a definition that changes changes the subscriptions; a cursor that nobody needs goes") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "a"}, {"durable", true}}, {{"topic", "b"}, {"durable", true}}}));
  world.start();
  world.delivered("a", "1", true);
  world.define("clerk", json::array({{{"topic", "a"}, {"durable", true}}, {{"topic", "c"}}}));
  world.redefined();
  CHECK(world.delivered("b", "2", true) == 0);
  CHECK(world.delivered("c", "3") == 1);
  CHECK(world.delivered("a", "4", true) == 1);
  CHECK(world.tasks.texts() == "1 3 4 ");
  CHECK(world.store.kept_messages.cursors.size() == 1);
  // Subscribed again it begins anew: what came in between is not wanted.
  world.define("clerk", json::array({{{"topic", "b"}, {"durable", true}}}));
  world.redefined();
  CHECK(world.delivered("b", "5", true) == 1);
  CHECK(world.tasks.texts() == "1 3 4 5 ");
}

TEST_CASE("an agent that leaves and comes back has missed nothing; one that is gone is forgotten") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.start();
  world.delivered("t", "1", true);
  REQUIRE(world.definitions.let_leave("clerk", std::nullopt, world.store));
  world.redefined();
  CHECK(world.delivered("t", "2", true) == 0);
  SUBCASE("it comes back") {
    world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
    world.redefined();
    CHECK(world.tasks.texts() == "1 2 ");
  }
  SUBCASE("it is gone") {
    REQUIRE(world.definitions.begin_to_go("clerk"));
    REQUIRE(world.definitions.forget("clerk", world.store));
    world.redefined();
    CHECK(world.store.kept_messages.cursors.empty());
  }
}

TEST_CASE("cursors of agents that are gone are forgotten at the start") {
  bus_world world;
  world.store.kept_messages.cursors[{"nobody", "t"}] = 0;
  world.start();
  CHECK(world.store.kept_messages.cursors.empty());
}

TEST_CASE("a store that fails for a while ends nothing") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.store.kept_messages.refusal = fail(errc::io, "the disk");
  world.bus = world.keep(bus::spawn_bus(world.system, world.env, world.where, world.definitions, world.tasks));
  world.where.update([&](directory::services& s) { s.bus = world.bus; });
  world.run();
  world.store.kept_messages.refusal.reset();
  world.pass(milliseconds{5'000});
  CHECK(world.store.kept_messages.cursors.contains({"clerk", "t"}));
  // A cursor that cannot be opened is tried again as well.
  world.store.kept_messages.refusal = fail(errc::storage_full, "the disk is full");
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}, {{"topic", "u"}, {"durable", true}}}));
  world.redefined();
  world.store.kept_messages.refusal.reset();
  CHECK(world.delivered("u", "since then", true) == 0);  // nothing is promised until the cursor is there
  CHECK(world.tasks.texts().empty());
  world.pass(milliseconds{5'000});
  CHECK(world.tasks.texts() == "since then ");
}

TEST_CASE("one offer at a time: a page that cannot be read starts no second one") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}, {"capacity", 4}}}));
  world.start();
  bool takes = false;
  world.tasks.answer = [&](const auto&) -> result<core::submitted_task> {
    if (takes) return core::submitted_task{};
    return fail(errc::queue_full, "no room");
  };
  for (int i = 1; i <= 8; ++i) world.delivered("t", std::to_string(i), true);
  // Two waits are armed: the one of the offer, and one for the page.
  takes = true;
  world.store.kept_messages.refusal = fail(errc::io, "the disk");
  world.pass(milliseconds{1'000});
  takes = false;
  world.store.kept_messages.refusal.reset();
  world.tasks.offers.clear();
  world.pass(milliseconds{5'000});
  REQUIRE_FALSE(world.tasks.offers.empty());
  // All of them are for the same message, and none was passed over.
  for (const auto& each : world.tasks.offers) CHECK(each.what.message.text() == world.tasks.offers[0].what.message.text());
  CHECK(world.tasks.offers.size() <= 8);  // 100, 200, 400, … ms, once each
  takes = true;
  world.pass(milliseconds{10'000});
  INFO(world.tasks.texts());
  CHECK(world.tasks.texts().ends_with("6 7 8 "));
  CHECK(world.store.kept_messages.cursors.at({"clerk", "t"}) == 8);
}

TEST_CASE("a fleeting message that is refused while the cursor cannot be opened holds up nothing") {
  bus_world world;
  world.start();
  world.store.kept_messages.refusal = fail(errc::storage_full, "the disk is full");
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.redefined();
  world.tasks.answer = [](const auto&) { return fail(errc::unavailable, "restarting"); };
  CHECK(world.delivered("t", "fleeting") == 0);  // it has no place in the store yet: nothing is promised
  world.store.kept_messages.refusal.reset();
  world.pass(milliseconds{150});
  world.tasks.answer = [](const auto&) { return core::submitted_task{}; };
  world.pass(milliseconds{6'000});
  CHECK(world.delivered("t", "durable", true) == 1);
  CHECK(world.tasks.texts().ends_with("fleeting durable "));
}

TEST_CASE("a message that the bus before kept too late is not lost") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.start();
  const auto ear = world.listen("t");
  core::topic_entry late;
  late.what = {0, "default", "alice", "t", "\"late\"", world.time.now(), 0};
  late.once = core::idempotency{"k", "POST t", "hash"};
  world.store.kept_messages.keep({&late, 1});
  SUBCASE("its publisher tries again") { CHECK(world.publish("t", "late", true, late.once)->replayed); }
  SUBCASE("another message follows") { world.delivered("other", 1, true); }
  SUBCASE("nothing happens") { world.pass(milliseconds{30'000}); }
  CHECK(world.tasks.texts() == "late ");
  CHECK(ear.got() == "\"late\" ");
}

TEST_CASE("a late answer to an earlier offer is not taken for the present one") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.start();
  world.tasks.holds = true;
  world.delivered("t", "one", true);
  world.delivered("t", "two", true);
  REQUIRE(world.tasks.held.size() == 1);
  caf::anon_send(world.bus, actors::message_taken{std::uint64_t{1} << 63, 0, {}});
  world.run();
  CHECK(world.tasks.texts() == "one ");
}

TEST_CASE("a message whose task was deleted since counts as taken") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.start();
  world.tasks.answer = [](const core::submission& what) -> result<core::submitted_task> {
    if (what.message.text() == "old") return fail(errc::not_found, "no task");
    return core::submitted_task{};
  };
  world.delivered("t", "old", true);
  world.delivered("t", "new", true);
  CHECK(world.tasks.texts() == "old new ");
}

TEST_CASE("a cursor that could not be written is written later") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "t"}, {"durable", true}}}));
  world.start();
  world.tasks.answer = [&](const auto&) {
    world.store.kept_messages.refusal = fail(errc::storage_full, "the disk is full");
    return core::submitted_task{};
  };
  world.delivered("t", "one", true);
  CHECK(world.store.kept_messages.cursors.at({"clerk", "t"}) == 0);
  world.store.kept_messages.refusal.reset();
  world.pass(milliseconds{1'000});
  CHECK(world.store.kept_messages.cursors.at({"clerk", "t"}) == 1);
}

TEST_CASE("a cursor comes by messages that are not for it") {
  bus_world world;
  world.define("clerk", json::array({{{"topic", "rare"}, {"durable", true}}}));
  world.start();
  for (int i = 0; i < 10; ++i) world.delivered("frequent", i, true);
  world.pass(milliseconds{30'000});
  CHECK(world.store.kept_messages.cursors.at({"clerk", "rare"}) == 10);
}
