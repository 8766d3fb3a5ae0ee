// Topics: durable messages with numbers that never come again, kept once under a key, and found by pattern.
#include <set>
#include <vector>

#include "tests/store_conformance/publishing.hpp"
#include "tests/support/store_backends.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

core::topic_entry keyed(const std::string& key, const std::string& hash, const std::string& operation = "POST /t") {
  auto out = entry("t", '"' + hash + '"');
  out.once = core::idempotency{key, operation, hash};
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("a durable message comes back as it was published, also for the next process", Backend,
                   MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  auto what = entry("orders.eu", R"({"z":1,"a":["ü",null]})", 7);
  what.what.publisher = "ada";
  what.what.hops = 3;
  const auto seq = on.keep(what);
  CHECK(seq > 0);
  for (const bool again : {false, true}) {
    if (again) on.reopen();
    const auto got = on.page("orders.eu");
    REQUIRE(got.messages.size() == 1);
    const auto& one = *got.messages[0];
    CHECK(one.seq == seq);
    CHECK(one.tenant == "default");
    CHECK(one.publisher == "ada");
    CHECK(one.topic == "orders.eu");
    CHECK(one.data == R"({"z":1,"a":["ü",null]})");
    CHECK(one.at == after(7));
    CHECK(one.hops == 3);
    CHECK(got.through == seq);
    CHECK_FALSE(got.more);
  }
}

TEST_CASE_TEMPLATE("numbers ascend over all topics and never come again", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  CHECK(on.newest() == 0);
  const std::vector<core::topic_entry> group{entry("a"), entry("b"), entry("a")};
  const auto done = on.topics().keep(group);
  REQUIRE(done.size() == 3);
  std::uint64_t last = 0;
  for (const auto& one : done) {
    REQUIRE(one);
    CHECK_FALSE(one->replayed);
    CHECK(one->seq > last);
    last = one->seq;
  }
  CHECK(on.newest() == last);
  CHECK(on.sweep(1) == 3);
  CHECK(on.names("#") == "");
  on.reopen();
  CHECK(on.newest() == last);
  CHECK(on.keep(entry("a")) > last);
}

TEST_CASE_TEMPLATE("keeping nothing is nothing", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  CHECK(on.topics().keep({}).empty());
  CHECK(on.newest() == 0);
}

TEST_CASE_TEMPLATE("messages are found by pattern, in the order of their numbers", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  for (const auto* topic : {"orders.eu.new", "orders", "news", "orders.us.new", "orders.eu", "orders.eu.new"})
    on.keep(entry(topic));
  CHECK(on.names("orders.eu.new") == "orders.eu.new orders.eu.new");
  CHECK(on.names("orders.*") == "orders.eu");
  CHECK(on.names("orders.*.new") == "orders.eu.new orders.us.new orders.eu.new");
  CHECK(on.names("orders.#") == "orders.eu.new orders orders.us.new orders.eu orders.eu.new");
  CHECK(on.names("*") == "orders news");
  CHECK(on.names("#") == "orders.eu.new orders news orders.us.new orders.eu orders.eu.new");
  CHECK(on.names("order") == "");
}

TEST_CASE_TEMPLATE("a tenant's messages are nobody else's, and who asks for all of them gets all", Backend,
                   MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  auto mine = entry("t", "1"), theirs = entry("t", "2");
  theirs.what.tenant = "other";
  const auto first = on.keep(mine), second = on.keep(theirs);
  for (const std::string which : {"t", "*", "#"}) {
    CAPTURE(which);
    const auto got = on.page(which);
    REQUIRE(got.messages.size() == 1);
    CHECK(got.messages[0]->data == "1");
    CHECK(got.through == second);
    const auto other = on.page(which, 0, 100, "other");
    REQUIRE(other.messages.size() == 1);
    CHECK(other.messages[0]->data == "2");
    CHECK(on.page(which, 0, 100, "nobody").messages.empty());
    const auto all = on.page(which, 0, 100, std::nullopt);
    REQUIRE(all.messages.size() == 2);
    CHECK(all.messages[0]->seq == first);
    CHECK(all.messages[1]->tenant == "other");
  }
  CHECK(on.kept() == "t:1@" + std::to_string(first));
  CHECK(on.kept("other") == "t:1@" + std::to_string(second));
  CHECK(on.kept("nobody") == "");
}

TEST_CASE_TEMPLATE("pages follow each other without a hole and without a repetition", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  std::vector<core::topic_entry> group;
  for (int i = 0; i < 50; ++i) group.push_back(entry(i % 5 == 0 ? "rare" : "often." + std::to_string(i), std::to_string(i)));
  on.topics().keep(group);
  for (const auto& tenant : {std::optional<std::string>{"default"}, std::optional<std::string>{}}) {
    for (const std::string which : {"rare", "often.#", "#"}) {
      CAPTURE(which);
      std::vector<std::string> got;
      std::uint64_t after = 0;
      for (bool more = true; more;) {
        const auto page = on.page(which, after, 7, tenant);
        REQUIRE(page.messages.size() <= 7);
        for (const auto& one : page.messages) {
          CHECK(one->seq > after);
          CHECK(one->seq <= page.through);
          got.push_back(one->data);
        }
        REQUIRE(page.through >= after);
        REQUIRE((page.through > after || !page.more));
        after = page.through;
        more = page.more;
      }
      CHECK(after == on.newest());
      CHECK(got.size() == (which == "rare" ? 10 : which == "#" ? 50 : 40));
      CHECK(std::set<std::string>(got.begin(), got.end()).size() == got.size());
    }
  }
}

TEST_CASE_TEMPLATE("a search that finds nothing gets on to the newest number, and never back", Backend,
                   MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  CHECK(on.page("a").through == 0);
  on.keep(entry("b"));
  const auto last = on.keep(entry("b"));
  for (const std::string which : {"a", "a.*", "a.#"}) {
    const auto got = on.page(which);
    CHECK(got.messages.empty());
    CHECK(got.through == last);
    CHECK_FALSE(got.more);
  }
  for (const auto beyond : {last, last + 5, ~std::uint64_t{0}}) {
    const auto got = on.page("b", beyond);
    CHECK(got.messages.empty());
    CHECK(got.through == beyond);
    CHECK_FALSE(got.more);
  }
}

TEST_CASE_TEMPLATE("one page looks at a bounded number of messages and says how far it came", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  std::vector<core::topic_entry> group(12'000, entry("noise"));
  group.push_back(entry("wanted.one"));
  on.topics().keep(group);
  int rounds = 0;
  std::size_t found = 0;
  std::uint64_t after = 0;
  for (bool more = true; more; ++rounds) {
    const auto page = on.page("wanted.*", after);
    CHECK(page.through > after);
    CHECK(page.through - after <= 6000);
    found += page.messages.size();
    after = page.through;
    more = page.more;
  }
  CHECK(found == 1);
  CHECK(rounds > 1);
  CHECK(on.page("wanted.one").messages.size() == 1);
}

TEST_CASE_TEMPLATE("one page holds a bounded number of bytes", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  const std::string large = '"' + std::string(3'000'000, 'x') + '"';
  for (int i = 0; i < 4; ++i) on.keep(entry("t", large));
  std::size_t found = 0;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const auto page = on.page("t", after);
    CHECK(page.messages.size() <= 2);
    found += page.messages.size();
    after = page.through;
    more = page.more;
  }
  CHECK(found == 4);
}

TEST_CASE_TEMPLATE("a message is kept once under its key, and the key goes with the message", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  const auto first = on.keep(keyed("k", "one"));
  for (const bool again : {false, true}) {
    if (again) on.reopen();
    const auto repeated = keyed("k", "one"), other = keyed("k", "two");
    const auto hit = on.topics().keep({&repeated, 1});
    REQUIRE(hit[0]);
    CHECK(hit[0]->replayed);
    CHECK(hit[0]->seq == first);
    const auto miss = on.topics().keep({&other, 1});
    REQUIRE_FALSE(miss[0]);
    CHECK(miss[0].error().code == errc::idempotency_mismatch);
  }
  CHECK(on.page("t").messages.size() == 1);
  CHECK(on.kept() == "t:1@" + std::to_string(first));
  CHECK(on.newest() == first);
  CHECK(on.sweep(1) == 1);
  CHECK(on.keep(keyed("k", "two")) > first);
}

TEST_CASE_TEMPLATE("a key counts for 24 hours, then it is a new one", Backend, MOFA_STORE_BACKENDS) {
  constexpr std::int64_t day = 24 * 3600;
  publishing<Backend> on;
  const auto at = [](std::int64_t seconds, const std::string& hash) {
    auto out = keyed("k", hash);
    out.what.at = after(seconds);
    return out;
  };
  const auto first = on.keep(at(0, "one"));
  CHECK(on.keep(at(day, "one")) == first);
  // The clock was put back.
  CHECK(on.keep(at(-day, "one")) == first);
  const auto second = on.keep(at(day + 1, "two"));
  CHECK(second > first);
  on.reopen();
  CHECK(on.keep(at(day + 2, "two")) == second);
  const auto old = at(day + 2, "one");
  CHECK(on.topics().keep({&old, 1})[0].error().code == errc::idempotency_mismatch);
  CHECK(on.page("t").messages.size() == 2);
  CHECK(on.kept() == "t:2@" + std::to_string(second));
}

TEST_CASE_TEMPLATE("keys of others, of other operations and of other tenants are other keys", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  auto other_publisher = keyed("k", "one"), other_tenant = keyed("k", "one");
  other_publisher.what.publisher = "ada";
  other_tenant.what.tenant = "other";
  const std::vector<core::topic_entry> group{keyed("k", "one"), keyed("j", "one"), keyed("k", "one", "POST /u"),
                                             other_publisher, other_tenant};
  for (const auto& one : on.topics().keep(group)) {
    REQUIRE(one);
    CHECK_FALSE(one->replayed);
  }
  CHECK(on.page("t", 0, 100, std::nullopt).messages.size() == 5);
}

TEST_CASE_TEMPLATE("one group may hold a key twice, and a mismatch leaves the others kept", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  const std::vector<core::topic_entry> group{keyed("k", "one"), entry("u"), keyed("k", "one"), keyed("k", "two"),
                                             entry("v")};
  const auto done = on.topics().keep(group);
  REQUIRE(done.size() == 5);
  for (const std::size_t kept : {0u, 1u, 4u}) {
    REQUIRE(done[kept]);
    CHECK_FALSE(done[kept]->replayed);
  }
  REQUIRE(done[2]);
  CHECK(done[2]->replayed);
  CHECK(done[2]->seq == done[0]->seq);
  REQUIRE_FALSE(done[3]);
  CHECK(done[3].error().code == errc::idempotency_mismatch);
  on.reopen();
  CHECK(on.names("#") == "t u v");
  CHECK(on.newest() == done[4]->seq);
}

TEST_CASE_TEMPLATE("topics are listed by name with what is kept of them, page by page", Backend, MOFA_STORE_BACKENDS) {
  publishing<Backend> on;
  const auto b = on.keep(entry("b"));
  on.keep(entry("a.b"));
  const auto a = on.keep(entry("a.b"));
  const auto z = on.keep(entry("Z"));
  const auto text = [](const std::string& name, std::uint64_t seq) { return name + '@' + std::to_string(seq); };
  const auto all = text("Z:1", z) + ' ' + text("a.b:2", a) + ' ' + text("b:1", b);
  CHECK(on.kept() == all);
  on.reopen();
  CHECK(on.kept() == all);
  CHECK(on.kept("default", "", 2) == text("Z:1", z) + ' ' + text("a.b:2", a));
  CHECK(on.kept("default", "a.b", 2) == text("b:1", b));
  CHECK(on.kept("default", "a", 1) == text("a.b:2", a));
  CHECK(on.kept("default", "b", 2) == "");
}
