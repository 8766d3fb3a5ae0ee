// The port where durable messages are kept, and how far each agent has come with them. A part of the store.
// Implemented by each backend, asked by the bus through the storage room's readers.
// Functions block (they do I/O) and never throw; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/topic.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

/// A message to be kept; its `seq` is given by the store.
struct topic_entry {
  topic_message what;
  std::optional<core::idempotency> once;  ///< within (tenant, publisher); good for 24 hours
};

struct kept_message {
  std::uint64_t seq = 0;
  bool replayed = false;  ///< an earlier one with the same key; nothing was written
};

/// Some messages, and how far the search went: one page looks at a bounded number of messages and holds a bounded number of
/// bytes, so it may be shorter than asked for, or empty, while there is more.
struct topic_page {
  std::vector<topic_message_ptr> messages;  ///< ascending
  std::uint64_t through = 0;                ///< every match up to this number is in the page or before it
  bool more = false;                        ///< there may be more
};

struct kept_topic {
  std::string topic;
  std::int64_t kept = 0;
  std::uint64_t last_seq = 0;  ///< of the newest one
};

/// How far a subscription of an agent has come: every match up to `seq` has become a task, or was refused for good.
struct topic_cursor {
  std::string agent;
  std::string pattern;
  std::uint64_t seq = 0;
};

class topic_store {
 public:
  virtual ~topic_store() = default;

  /// Commits the messages in one transaction, durable before it returns; one outcome for each, in order. A key that was used
  /// with another body: idempotency_mismatch, and the others are kept. The times of the messages say how old a key is.
  virtual std::vector<result<kept_message>> keep(std::span<const topic_entry> messages) = 0;
  /// Messages after number `after` that match, of one tenant or of all, at most `limit`. With nothing more, `through` is the
  /// newest number at the time of the read, or `after` if that is greater.
  virtual result<topic_page> messages(const std::optional<std::string>& tenant, const topic_pattern& which,
                                      std::uint64_t after, std::size_t limit) = 0;
  /// The number of the newest message that was ever kept; 0: none was.
  virtual result<std::uint64_t> newest() = 0;
  /// By name, ascending, with names greater than the cursor. A topic is forgotten with its last message.
  virtual result<std::vector<kept_topic>> kept(const std::string& tenant, const std::string& after_name, int limit) = 0;

  /// The cursor of the subscription; a new one begins at `start`.
  virtual result<std::uint64_t> open_cursor(const std::string& agent, const std::string& pattern, std::uint64_t start) = 0;
  /// Forward only; one that is not there stays away.
  virtual result<void> move_cursors(std::span<const topic_cursor> to) = 0;
  /// Keeps those cursors of the agent whose patterns are named, and no others.
  virtual result<void> retain_cursors(const std::string& agent, std::span<const std::string> patterns) = 0;

  /// Forgets the cursors of agents that are neither named nor marked (see store::mark_agent).
  virtual result<void> retain_agents(std::span<const std::string> names) = 0;

  /// Deletes messages published before that time which every cursor whose pattern matches them has passed, at most `limit`;
  /// with them go their idempotency keys. One call looks at a bounded number of messages, the next goes on behind them.
  virtual result<std::size_t> sweep_messages(time_point published_before, std::size_t limit) = 0;
};

}  // namespace mofa::core
