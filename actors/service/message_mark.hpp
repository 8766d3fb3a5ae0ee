// The mark of a message: what is kept of one that was handed over, to know its event in the journal again.
// Made by the task front for a message that it sends; gone with the answer.
// A value; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "protocols/core/event.hpp"
#include "protocols/core/message.hpp"

namespace mofa::service {

/// Its id, and a hash of all that it says: a task may have several messages of one id.
struct message_mark {
  std::string id;
  std::size_t content = 0;
};

message_mark mark_of(const core::message& what);

/// Whether the event is that of the message: with it the task began or went on.
bool holds(const core::event& what, const message_mark& wanted);

}  // namespace mofa::service
