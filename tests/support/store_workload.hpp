// A random workload for a store that may fail, and what must be true of the store afterwards.
// Owned by the test; knows each unit that it appended and what the store said about it.
// The test's thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "protocols/core/ports/store.hpp"
#include "tests/support/store_units.hpp"

namespace mofa::test {

class store_workload {
 public:
  explicit store_workload(std::uint64_t seed) : random_(seed) {}

  /// Becomes the owner, as after each opening. Whether the store allowed it.
  bool own(core::store& of);
  /// Appends so many groups of units, which begin tasks or go on with them.
  void run(core::store& on, int groups);
  /// Empty when everything acknowledged is there byte for byte and nothing is there in part; else the first thing wrong.
  std::string check(core::store& in) const;

  int acknowledged() const { return acknowledged_; }
  /// Outcomes that were failures, by kind.
  const std::map<errc, int>& failures() const { return failures_; }

 private:
  struct known_task {
    explicit known_task(task_story begun) : story(std::move(begun)) {}
    task_story story;
    std::vector<std::string> events;  ///< acknowledged
    std::size_t timers = 0;           ///< acknowledged and not cleared
    std::vector<std::string> maybe;   ///< of a unit with unknown outcome
    bool retired = false;             ///< ended, or its outcome is unknown
  };

  known_task& pick();
  core::append_unit next_unit(known_task& of, task_story& story);
  void learn(known_task& of, const core::append_unit& unit, const core::append_outcome& outcome);
  static std::string check(core::store& in, const known_task& of, std::size_t timers);

  std::mt19937_64 random_;
  std::uint64_t epoch_ = 0;
  std::vector<known_task> tasks_;
  int acknowledged_ = 0;
  std::map<errc, int> failures_;
};

}  // namespace mofa::test
