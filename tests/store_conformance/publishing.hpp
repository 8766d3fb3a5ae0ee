// Publishing: a store whose topics a test fills, reads, follows with cursors and sweeps.
// Owned by the test case.
// The test's thread.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/store_units.hpp"

namespace mofa::test {

inline core::topic_pattern pattern(const std::string& text) {
  auto made = core::topic_pattern::parse(text);
  REQUIRE(made);
  return *std::move(made);
}

inline core::topic_entry entry(const std::string& topic, const std::string& data = "{}", std::int64_t at = 0) {
  core::topic_entry out;
  out.what.tenant = "default";
  out.what.publisher = "local";
  out.what.topic = topic;
  out.what.data = data;
  out.what.at = after(at);
  return out;
}

template <class Backend>
struct publishing {
  Backend backend;
  std::unique_ptr<core::store> store = backend.open();

  core::topic_store& topics() { return store->topics(); }
  /// As after a kill: nothing is told to the old store.
  void reopen() { store = backend.open(); }

  std::uint64_t keep(const core::topic_entry& what) {
    const auto done = topics().keep({&what, 1});
    REQUIRE(done.size() == 1);
    REQUIRE(done[0]);
    return done[0]->seq;
  }
  core::topic_page page(const std::string& which, std::uint64_t after = 0, std::size_t limit = 100,
                        const std::optional<std::string>& tenant = "default") {
    auto got = topics().messages(tenant, pattern(which), after, limit);
    REQUIRE(got);
    return *std::move(got);
  }
  /// The topics of the messages that match, in order.
  std::string names(const std::string& which, const std::optional<std::string>& tenant = "default") {
    std::string out;
    for (const auto& one : page(which, 0, 100, tenant).messages) out += (out.empty() ? "" : " ") + one->topic;
    return out;
  }
  std::uint64_t newest() { return *topics().newest(); }
  /// "a:2@7": two messages, the newest has number 7.
  std::string kept(const std::string& tenant = "default", const std::string& after_name = {}, int limit = 100) {
    std::string out;
    const auto got = topics().kept(tenant, after_name, limit);
    REQUIRE(got);
    for (const auto& one : *got)
      out += (out.empty() ? "" : " ") + one.topic + ':' + std::to_string(one.kept) + '@' + std::to_string(one.last_seq);
    return out;
  }
  std::uint64_t cursor(const std::string& agent, const std::string& which) {
    return *topics().open_cursor(agent, which, *topics().newest());
  }
  void move(const std::string& agent, const std::string& which, std::uint64_t seq) {
    const core::topic_cursor to{agent, which, seq};
    REQUIRE(topics().move_cursors({&to, 1}));
  }
  std::size_t sweep(std::int64_t before, std::size_t limit = 1000) { return *topics().sweep_messages(after(before), limit); }
};

}  // namespace mofa::test
