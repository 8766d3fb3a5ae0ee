#include "actors/delivery/turns.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mofa;
using delivery::standing;
using delivery::turns;

namespace {

constexpr std::size_t kilobyte = 1024;

/// A host that has answered.
turns::group* known(turns& of, const std::string& host, const std::string& owner = "ada") {
  auto* out = of.enter(host, owner);
  of.wait(out, {0}, standing::fresh);
  const auto first = of.next();
  REQUIRE(first);
  of.over(first->has, true);
  return out;
}

/// Whose turns they are, as long as there are any.
std::string all_turns(turns& of, std::vector<turns::turn>* taken = nullptr) {
  std::string out;
  while (const auto next = of.next()) {
    out += std::to_string(next->who) + ' ';
    if (taken != nullptr) taken->push_back(*next);
  }
  return out;
}

}  // namespace

TEST_CASE("the server of a URL is its host, in lower case, and its port") {
  CHECK(delivery::host_of("https://One.Example:8443/hook?x=1") == "one.example:8443");
  CHECK(delivery::host_of("https://one.example.:443") == "one.example:443");
  CHECK(delivery::host_of("https://one.example") == "one.example:443");
  CHECK(delivery::host_of("http://one.example/") == "one.example:80");
  CHECK(delivery::host_of("http://[::1]:80#f") == "[::1]:80");
  CHECK(delivery::host_of("http://[::1]/a:b") == "[::1]:80");
  CHECK(delivery::host_of("https://user:secret@one.example/") == "one.example:443");
  CHECK(delivery::host_of("nonsense") == "nonsense:443");
}

TEST_CASE("hosts take turns, and within a host the first come is the first served") {
  turns all{6, 6, kilobyte};
  auto* one = known(all, "one");
  auto* two = known(all, "two");
  for (std::uint64_t who = 1; who <= 4; ++who) all.wait(one, {who}, standing::sure);
  all.wait(two, {11}, standing::sure);
  all.wait(two, {12}, standing::sure);
  CHECK(all_turns(all) == "1 11 2 12 3 4 ");
}

TEST_CASE("there are so many places, and so many of them for one host") {
  turns all{5, 2, kilobyte};
  auto* one = known(all, "one");
  auto* two = known(all, "two");
  auto* three = known(all, "three");
  for (std::uint64_t who = 1; who <= 9; ++who) all.wait(one, {who}, standing::sure);
  for (std::uint64_t who = 11; who <= 19; ++who) all.wait(two, {who}, standing::sure);
  for (std::uint64_t who = 21; who <= 29; ++who) all.wait(three, {who}, standing::sure);
  std::vector<turns::turn> taken;
  CHECK(all_turns(all, &taken) == "1 11 21 2 12 ");
  all.over(taken[1].has, true);
  // The third host is the next one in turn.
  CHECK(all_turns(all) == "22 ");
}

TEST_CASE("a host has one place until it answers, and one again when it answers no more") {
  turns all{32, 4, kilobyte};
  auto* silent = all.enter("silent", "ada");
  for (std::uint64_t who = 1; who <= 12; ++who) all.wait(silent, {who}, standing::fresh);
  std::vector<turns::turn> taken;
  CHECK(all_turns(all, &taken) == "1 ");
  all.over(taken[0].has, std::nullopt);  // it was not even asked
  taken.clear();
  CHECK(all_turns(all, &taken) == "12 ");
  all.over(taken[0].has, true);
  taken.clear();
  CHECK(all_turns(all, &taken) == "2 3 4 ");
  for (const auto& each : taken) all.over(each.has, false);
  CHECK(all_turns(all) == "5 ");
}

TEST_CASE("it is news when a host is silent, and when it answers again, and else nothing is") {
  turns all{8, 4, kilobyte};
  auto* host = all.enter("host", "ada");
  const auto attempt = [&](std::optional<bool> answered) {
    all.wait(host, {1}, standing::sure);
    return all.over(all.next().value().has, answered);
  };
  CHECK(attempt(std::nullopt) == std::nullopt);
  CHECK(attempt(true) == std::nullopt);
  CHECK(attempt(false) == std::nullopt);  // one of many
  CHECK(attempt(false) == false);
  CHECK(attempt(false) == std::nullopt);
  CHECK(attempt(std::nullopt) == std::nullopt);
  CHECK(attempt(true) == true);
  CHECK(attempt(true) == std::nullopt);
  auto* fresh = all.enter("fresh", "ada");
  all.wait(fresh, {2}, standing::fresh);
  CHECK(all.over(all.next().value().has, false) == false);
}

TEST_CASE("where nobody has answered, who comes last does not wait for all who hang before it") {
  turns all{32, 16, kilobyte};
  auto* host = all.enter("host", "ada");
  for (std::uint64_t who = 1; who <= 100; ++who) all.wait(host, {who}, standing::fresh);
  std::string order;
  for (int i = 0; i < 5; ++i) {
    const auto next = all.next();
    REQUIRE(next);
    order += std::to_string(next->who) + ' ';
    all.over(next->has, false);
  }
  CHECK(order == "1 100 2 99 3 ");
}

TEST_CASE("hosts that hang have half of the places together: one that answers is served, however many they are") {
  turns all{8, 4, kilobyte};
  auto* good = known(all, "good");
  std::vector<turns::turn> hanging;
  for (std::uint64_t who = 1; who <= 70; ++who)
    all.wait(all.enter("hangs" + std::to_string(who), "ada"), {who}, standing::fresh);
  CHECK(all_turns(all, &hanging) == "1 2 3 4 ");
  for (std::uint64_t who = 101; who <= 104; ++who) all.wait(good, {who}, standing::sure);
  CHECK(all_turns(all) == "101 102 103 104 ");
  all.over(hanging[0].has, false);
  CHECK(all_turns(all) == "5 ");
}

TEST_CASE("paths of a host that hang leave places to those that answer, and to those that were not asked yet") {
  turns all{32, 8, kilobyte};
  auto* host = known(all, "host");
  for (std::uint64_t who = 1; who <= 60; ++who) all.wait(host, {who}, standing::again);
  CHECK(all_turns(all) == "1 2 ");
  for (std::uint64_t who = 101; who <= 160; ++who) all.wait(host, {who}, standing::fresh);
  CHECK(all_turns(all) == "101 102 103 104 ");
  all.wait(host, {200}, standing::sure);
  all.wait(host, {201}, standing::sure);
  all.wait(host, {202}, standing::sure);
  CHECK(all_turns(all) == "200 201 ");
}

TEST_CASE("so many bytes are under way, hosts that hang have half of them, and one body goes whatever its size") {
  turns all{16, 8, 1'000};
  auto* good = known(all, "good");
  std::vector<turns::turn> hanging;
  for (std::uint64_t who = 1; who <= 4; ++who)
    all.wait(all.enter("hangs" + std::to_string(who), "ada"), {who, 300}, standing::fresh);
  CHECK(all_turns(all, &hanging) == "1 2 ");
  for (std::uint64_t who = 11; who <= 14; ++who) all.wait(good, {who, 100}, standing::sure);
  std::vector<turns::turn> taken;
  CHECK(all_turns(all, &taken) == "11 12 13 14 ");
  all.wait(good, {15, 5'000}, standing::sure);
  all.weigh(taken[0].has, 200);  // it turned out to be more
  CHECK(all_turns(all).empty());
  all.over(hanging[0].has, false);
  CHECK(all_turns(all, &hanging) == "3 ");
  for (auto& each : taken) all.over(each.has, true);
  CHECK(all_turns(all) == "15 ");
}

TEST_CASE("who withdraws has no turn, and a host that everybody has left is forgotten") {
  turns all{4, 2, kilobyte};
  auto* one = all.enter("one", "ada");
  CHECK(all.enter("one", "ada") == one);
  all.wait(one, {1}, standing::fresh);
  all.wait(one, {2}, standing::again);
  all.withdraw(one, 1);
  all.withdraw(one, 7);  // it did not wait
  std::vector<turns::turn> taken;
  CHECK(all_turns(all, &taken) == "2 ");
  all.leave(one);
  all.leave(one);
  all.over(taken[0].has, true);  // the last place that it had: it is gone now, and what was known of it
  auto* again = all.enter("one", "ada");
  CHECK_FALSE(again->at->answers);
  all.wait(again, {3}, standing::sure);
  all.wait(again, {4}, standing::sure);
  CHECK(all_turns(all) == "3 ");
}

TEST_CASE("the owner with the fewest places is next, and each has his hosts in turn") {
  turns all{6, 6, kilobyte};
  for (std::uint64_t who = 1; who <= 9; ++who) all.wait(known(all, "host" + std::to_string(who)), {who}, standing::sure);
  auto* bobs = known(all, "bobs", "bob");
  for (std::uint64_t who = 11; who <= 14; ++who) all.wait(bobs, {who}, standing::sure);
  std::vector<turns::turn> taken;
  CHECK(all_turns(all, &taken) == "1 11 2 12 3 13 ");
  all.over(taken[1].has, true);
  all.over(taken[3].has, true);
  CHECK(all_turns(all) == "14 4 ");
}

TEST_CASE("owners share a host too, and a doubtful one") {
  turns all{32, 2, kilobyte};
  auto* ada = known(all, "host");
  auto* bob = known(all, "host", "bob");
  for (std::uint64_t who = 1; who <= 9; ++who) all.wait(ada, {who}, standing::sure);
  all.wait(bob, {11}, standing::sure);
  CHECK(all_turns(all) == "1 11 ");
  auto* silent = all.enter("silent", "ada");
  for (std::uint64_t who = 21; who <= 29; ++who) all.wait(silent, {who}, standing::fresh);
  all.wait(all.enter("silent", "bob"), {31}, standing::fresh);
  std::string order;
  for (int i = 0; i < 3; ++i) {
    const auto next = all.next();
    REQUIRE(next);
    order += std::to_string(next->who) + ' ';
    all.over(next->has, false);
  }
  CHECK(order == "21 31 29 ");
}

TEST_CASE("a host that has asked for pauses has no turn until all of them are over, and is not forgotten before") {
  turns all{8, 4, kilobyte};
  auto* host = known(all, "host");
  auto* other = known(all, "other");
  all.wait(host, {1}, standing::sure);
  const auto first = all.next();
  REQUIRE(first);
  auto* held = all.hold(first->has);
  CHECK(all.hold(first->has) == held);
  all.over(first->has, true);
  all.wait(host, {2}, standing::sure);
  all.wait(other, {3}, standing::sure);
  CHECK(all_turns(all) == "3 ");
  all.release(held);
  all.withdraw(host, 2);
  all.leave(host);
  auto* again = all.enter("host", "bob");
  CHECK(again->at == held);
  all.wait(again, {4}, standing::fresh);
  CHECK(all_turns(all).empty());
  all.release(held);
  CHECK(all_turns(all) == "4 ");
}
