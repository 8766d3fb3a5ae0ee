// The messages of the bus: what it is asked, and what the store and agents tell it.
// Values; a message is owned by the mailbox that it is in. Their CAF type ids are in messages.hpp.
// Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/system/message.hpp"
#include "protocols/core/ports/topic_service.hpp"
#include "protocols/core/ports/topic_store.hpp"

namespace mofa::actors {

/// To the bus: a message for a topic. Its data is JSON text already.
struct publish_message {
  core::topic_message what;
  bool durable = false;
  std::optional<core::idempotency> once;
  MOFA_MESSAGE(publish_message)
};
struct publish_reply {
  result<core::published> value = fail(errc::internal, "no answer was given");
  MOFA_MESSAGE(publish_reply)
};
/// The messages of one commit, in order.
struct messages_kept {
  std::vector<result<core::kept_message>> outcomes;
  MOFA_MESSAGE(messages_kept)
};
/// What the bus finds in the store when it starts.
struct newest_read {
  result<std::uint64_t> seq = fail(errc::internal, "not read");
  MOFA_MESSAGE(newest_read)
};
/// A client's subscription to topics; `key` names it, also in grant_request and unsubscribe_request.
struct topic_subscribe_request {
  std::uint64_t key = 0;
  std::string tenant;
  std::optional<core::topic_pattern> pattern;
  std::optional<std::uint64_t> after;
  std::size_t credit = 0;
  std::shared_ptr<core::topic_sink> sink;
  std::weak_ptr<const void> wanted;  ///< expired: whoever asked is gone already
  MOFA_MESSAGE(topic_subscribe_request)
};
/// A page of the past for a subscription to topics; and how far an agent's subscription has come.
struct topic_backlog {
  std::uint64_t key = 0;
  result<core::topic_page> page = fail(errc::internal, "not read");
  MOFA_MESSAGE(topic_backlog)
};
struct cursor_opened {
  std::uint64_t key = 0;
  result<std::uint64_t> seq = fail(errc::internal, "not read");
  MOFA_MESSAGE(cursor_opened)
};
/// How an agent took the message that it was given; `offer` is the number of the attempt.
struct message_taken {
  std::uint64_t key = 0;
  std::uint64_t offer = 0;
  result<void> value;
  MOFA_MESSAGE(message_taken)
};
/// The cursors that were to be moved have been, or not.
struct cursors_moved {
  result<void> done;
  MOFA_MESSAGE(cursors_moved)
};
/// The definitions of agents have changed: their subscriptions may have.
struct definitions_changed {
  MOFA_MESSAGE(definitions_changed)
};
/// Which topics a tenant has: those of the store are in the question already.
struct topics_request {
  std::string tenant;
  core::page_request want;
  std::vector<core::kept_topic> kept;
  MOFA_MESSAGE(topics_request)
};
struct topics_reply {
  core::page<core::topic_info> value;
  MOFA_MESSAGE(topics_reply)
};

}  // namespace mofa::actors
