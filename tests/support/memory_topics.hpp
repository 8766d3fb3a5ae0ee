// The memory of topics: the port of durable messages without a disk, for tests of the bus.
// Owned by a memory_store; tests look into it and make it refuse.
// Not thread-safe: one test, one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/ports/topic_store.hpp"

namespace mofa::test {

class memory_topics final : public core::topic_store {
 public:
  std::vector<core::topic_entry> entries;                                ///< number 1, 2, 3, …
  std::map<std::pair<std::string, std::string>, std::uint64_t> cursors;  ///< by agent and pattern
  std::vector<std::size_t> commits;                                      ///< messages of each keep()
  std::size_t pages_read = 0;
  std::optional<error> refusal;  ///< of everything that is asked

  std::vector<result<core::kept_message>> keep(std::span<const core::topic_entry> messages) override;
  result<core::topic_page> messages(const std::optional<std::string>& tenant, const core::topic_pattern& which,
                                    std::uint64_t after, std::size_t limit) override;
  result<std::uint64_t> newest() override;
  result<std::vector<core::kept_topic>> kept(const std::string& tenant, const std::string& after_name, int limit) override;
  result<std::uint64_t> open_cursor(const std::string& agent, const std::string& pattern, std::uint64_t start) override;
  result<void> move_cursors(std::span<const core::topic_cursor> to) override;
  result<void> retain_cursors(const std::string& agent, std::span<const std::string> patterns) override;
  result<void> retain_agents(std::span<const std::string> names) override;
  result<std::size_t> sweep_messages(time_point published_before, std::size_t limit) override;
};

}  // namespace mofa::test
