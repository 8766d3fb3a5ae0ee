// The port of topics: messages for whoever wants them. Protocols publish and subscribe here, and so do effects.
// Implemented by the actor system; a sink is owned by its subscriber, the bus holds it until its subscription ends.
// Completions and sinks are called on any thread, must not block and must not call back into the bus; a sink's calls come
// one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "protocols/core/caller.hpp"
#include "protocols/core/ports/event_sink.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/topic.hpp"

namespace mofa::core {

/// A message to be published.
struct publication {
  std::string topic;
  json data;
  bool durable = false;                   ///< kept: subscribers that were away get it later
  int hops = 0;                           ///< of the message: see topic_message
  std::optional<core::idempotency> once;  ///< of a durable one: published again it is the same message
};

struct published {
  std::int64_t delivered = 0;  ///< how many subscribers have it, or will have it from the store; 0 when `replayed`
  std::uint64_t seq = 0;       ///< 0: not kept
  bool replayed = false;
};

/// What is known of a topic, or of a pattern that subscribers gave.
struct topic_info {
  std::string topic;
  std::int64_t subscribers = 0;  ///< whose pattern it matches
  std::int64_t depth = 0;        ///< messages that wait for them in memory
  std::int64_t published = 0;    ///< since the bus started, as the next two
  std::int64_t dropped = 0;      ///< by an overflow, for one subscriber each
  std::int64_t unheard = 0;      ///< published, and no subscriber has it
  std::int64_t kept = 0;         ///< durable messages in the store
  std::uint64_t last_seq = 0;    ///< of the newest of them; 0: there is none
};

class topic_sink {
 public:
  virtual ~topic_sink() = default;
  /// The next message. Uses up its credits_of(). `dropped`: how many this subscriber has lost since the one before.
  virtual void on_message(topic_message_ptr what, std::uint64_t dropped) = 0;
  /// The bus cannot go on (it restarts, the store fails); the client resumes by the last number that it has.
  virtual void on_failure(const error& why) = 0;
};

class topic_service {
 public:
  virtual ~topic_service() = default;

  /// A durable message is committed before this answers; it goes to subscribers in the order of the numbers. Errors: invalid
  /// (topic), limit_exceeded (hops), unavailable, storage_full, idempotency_mismatch.
  virtual void publish(const caller& who, publication what, completion<published> done) = 0;
  /// Of the caller's tenant, by name, ascending.
  virtual void list(const caller& who, page_request want, completion<page<topic_info>> done) = 0;
  /// Every message of the caller's tenant that matches: with `after`, the kept ones with a greater number first; without,
  /// from now on. A durable message is never dropped: what does not fit is read from the store. Error: invalid (pattern).
  virtual void subscribe(const caller& who, std::string pattern, std::optional<std::uint64_t> after, std::size_t credit,
                         std::shared_ptr<topic_sink> sink, completion<subscription_ptr> done) = 0;
};

}  // namespace mofa::core
