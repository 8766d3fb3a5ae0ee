// How long topics keep their messages: cursors of agents, and the sweep, which leaves what a cursor has not passed.
#include <vector>

#include "tests/store_conformance/publishing.hpp"
#include "tests/support/store_backends.hpp"

using namespace mofa;
using namespace mofa::test;

TEST_CASE_TEMPLATE("a new cursor begins where it is told to and then stands where it was moved to", Backend,
                   MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  CHECK(on.cursor("empty", "#") == 0);
  const auto first = on.keep(entry("t"));
  CHECK(on.cursor("echo", "t") == first);
  const auto second = on.keep(entry("t")), third = on.keep(entry("t"));
  CHECK(on.cursor("echo", "t") == first);
  on.move("echo", "t", second);
  on.reopen();
  CHECK(on.cursor("echo", "t") == second);
  CHECK(on.cursor("echo", "#") == third);
  CHECK(on.cursor("other", "t") == third);
  CHECK(*on.topics().open_cursor("late", "t", first) == first);
  CHECK(*on.topics().open_cursor("late", "t", third) == first);
}

TEST_CASE_TEMPLATE("a cursor moves forward only, and one that is not there stays away", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  on.cursor("echo", "t");
  on.cursor("echo", "u");
  const std::vector<core::topic_cursor> forward{{"echo", "t", 5}, {"echo", "u", 9}, {"nobody", "t", 7}};
  REQUIRE(on.topics().move_cursors(forward));
  on.move("echo", "t", 4);
  on.reopen();
  CHECK(on.cursor("echo", "t") == 5);
  CHECK(on.cursor("echo", "u") == 9);
  CHECK(on.cursor("nobody", "t") == 0);
  REQUIRE(on.topics().move_cursors({}));
}

TEST_CASE_TEMPLATE("cursors whose patterns are not named go, of that agent only", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  for (const auto* agent : {"echo", "other"})
    for (const auto* which : {"a", "b", "c"}) {
      on.cursor(agent, which);
      on.move(agent, which, 5);
    }
  const std::vector<std::string> still{"a", "c", "never there"};
  REQUIRE(on.topics().retain_cursors("echo", still));
  on.reopen();
  CHECK(on.cursor("echo", "a") == 5);
  CHECK(on.cursor("echo", "b") == 0);
  CHECK(on.cursor("echo", "c") == 5);
  CHECK(on.cursor("echo", "never there") == 0);
  CHECK(on.cursor("other", "b") == 5);
  REQUIRE(on.topics().retain_cursors("echo", {}));
  CHECK(on.cursor("echo", "a") == 0);
}

TEST_CASE_TEMPLATE("cursors of agents that are neither named nor marked go", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  for (const std::string agent : {"file", "posted", "leaving", "gone"}) {
    for (const auto* which : {"a", "b"}) {
      on.cursor(agent, which);
      on.move(agent, which, 5);
    }
    REQUIRE(on.store->put_definition(agent, "{}", agent, after(0)));
  }
  REQUIRE(on.store->mark_agent("posted", core::agent_mark::kept));
  REQUIRE(on.store->mark_agent("leaving", core::agent_mark::leaving));
  const std::vector<std::string> names{"file", "never there"};
  REQUIRE(on.topics().retain_agents(names));
  on.reopen();
  for (const auto* which : {"a", "b"}) {
    for (const auto* agent : {"file", "posted", "leaving"}) CHECK(on.cursor(agent, which) == 5);
    CHECK(on.cursor("gone", which) == 0);
  }
}

TEST_CASE_TEMPLATE("the sweep takes what was published before its bound, and the topic with its last message", Backend,
                   MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  on.keep(entry("old", "1", 1));
  on.keep(entry("both", "2", 2));
  on.keep(entry("old", "3", 19));
  const auto at_bound = on.keep(entry("both", "4", 20));
  const auto late = on.keep(entry("new", "5", 30));
  // The clock was put back: what is old may have a great number.
  on.keep(entry("old", "6", 3));
  CHECK(on.sweep(20) == 4);
  on.reopen();
  CHECK(on.names("#") == "both new");
  CHECK(on.kept() == "both:1@" + std::to_string(at_bound) + " new:1@" + std::to_string(late));
  CHECK(on.sweep(20) == 0);
  CHECK(on.page("old").messages.empty());
}

TEST_CASE_TEMPLATE("the sweep stops at its limit and goes on the next time", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  for (int i = 0; i < 8; ++i) on.keep(entry("t", std::to_string(i), i));
  for (const std::size_t expected : {3u, 3u, 2u, 0u}) CHECK(on.sweep(100, 3) == expected);
  CHECK(on.kept() == "");
}

TEST_CASE_TEMPLATE("the sweep keeps what a subscription has not passed yet", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  on.cursor("slow", "orders.*");
  on.cursor("fast", "#");
  std::vector<std::uint64_t> seqs;
  for (const auto* topic : {"orders.eu", "news", "orders.us", "orders.eu.new", "orders.eu"})
    seqs.push_back(on.keep(entry(topic)));
  CHECK(on.sweep(1) == 0);
  on.move("fast", "#", seqs[4]);
  on.reopen();
  CHECK(on.sweep(1) == 2);
  CHECK(on.names("#") == "orders.eu orders.us orders.eu");
  on.move("slow", "orders.*", seqs[2]);
  CHECK(on.sweep(1) == 2);
  CHECK(on.names("#") == "orders.eu");
  REQUIRE(on.topics().retain_cursors("slow", {}));
  CHECK(on.sweep(1) == 1);
  CHECK(on.kept() == "");
}

TEST_CASE_TEMPLATE("what a subscription holds back does not hide what is behind it from the sweep", Backend,
                   MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  on.cursor("stuck", "held");
  std::vector<core::topic_entry> group(30'000, entry("held"));
  for (int i = 0; i < 10; ++i) group.push_back(entry("free"));
  on.topics().keep(group);
  std::size_t swept = 0;
  CHECK(on.sweep(1, 1000) == 0);  // one call does not look that far
  for (int round = 0; round < 4 && swept < 10; ++round) swept += on.sweep(1, 1000);
  CHECK(swept == 10);
  CHECK(on.page("free").messages.empty());
  REQUIRE(on.topics().retain_cursors("stuck", {}));
  swept = 0;
  for (int round = 0; round < 100 && swept < 30'000; ++round) swept += on.sweep(1, 1000);
  CHECK(swept == 30'000);
  CHECK(on.kept() == "");
}
