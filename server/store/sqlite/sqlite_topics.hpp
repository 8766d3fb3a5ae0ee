// The topic store on one SQLite file: durable messages, how many each topic has, and the cursors of agents' subscriptions.
// Owned by the SQLite store, whose writer and readers it uses.
// Writes wait for each other, reads for nobody but each other's connections; any thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "protocols/core/ports/topic_store.hpp"
#include "server/store/sqlite/reader_pool.hpp"
#include "server/store/sqlite/writer.hpp"

namespace mofa::store {

class sqlite_topics final : public core::topic_store {
 public:
  /// Both must outlive it.
  sqlite_topics(writer& writes, reader_pool& readers) : writer_(writes), readers_(readers) {}

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

 private:
  /// A message by its age.
  struct place {
    time_point at{};
    std::int64_t seq = 0;
  };
  struct old_message {
    std::int64_t seq = 0;
    std::string tenant, topic;
  };
  /// At most `limit` of those that may go, from where the last search stopped.
  result<std::vector<old_message>> find_old(time_point published_before, std::size_t limit);

  writer& writer_;
  reader_pool& readers_;
  std::mutex sweep_mutex_;
  place swept_to_;  ///< the search goes on behind it: what a cursor holds back is not looked at by each sweep anew
};

}  // namespace mofa::store
