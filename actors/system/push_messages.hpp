// The messages of the deliveries: which push configurations there are, what happens to their tasks, how attempts went.
// Values; a message is owned by the mailbox that it is in. Their CAF type ids are in messages.hpp.
// Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/system/message.hpp"
#include "protocols/core/ports/push_sender.hpp"
#include "protocols/core/ports/push_store.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::actors {

/// A configuration was made, replaced or removed: the store has it so.
struct push_changed {
  task_id task;
  std::string id;
  MOFA_MESSAGE(push_changed)
};
/// Configurations that are not done: a page of all of them at the start, or what became of a changed one.
struct pushes_read {
  result<std::vector<core::open_push>> found = fail(errc::internal, "not read");
  std::optional<push_changed> changed;  ///< which one was looked for; nothing: a page
  MOFA_MESSAGE(pushes_read)
};
/// From the feed of a task, for the delivery with that key.
struct push_event {
  std::uint64_t key = 0;
  std::uint64_t feed = 0;                        ///< which of its subscriptions
  std::shared_ptr<core::subscription> standing;  ///< the subscription itself; comes first and alone
  core::event_ptr what;                          ///< none of the three: the feed has ended
  std::optional<error> why;                      ///< it cannot go on, or could not be subscribed to
  MOFA_MESSAGE(push_event)
};
/// The whole task that a delivery needs.
struct push_task {
  std::uint64_t key = 0;
  result<core::task_ptr> value = fail(errc::internal, "not read");
  MOFA_MESSAGE(push_task)
};
/// How a POST went.
struct push_attempted {
  std::uint64_t key = 0;
  result<core::push_answer> value = fail(errc::internal, "not sent");
  MOFA_MESSAGE(push_attempted)
};
/// The cursors that were to be moved have been, or not.
struct pushes_moved {
  result<void> done;
  MOFA_MESSAGE(pushes_moved)
};

}  // namespace mofa::actors
