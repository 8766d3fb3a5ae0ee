// The port of push configurations: what protocols ask about who is told of a task.
// Implemented by the actor system; called by protocol handlers, after they have seen the task on the caller's behalf.
// Each question carries a completion that is called exactly once, on any thread; it must not block.
#pragma once

#include <string>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/push.hpp"

namespace mofa::core {

class push_service {
 public:
  virtual ~push_service() = default;

  /// Whether one like this may be registered at all; asked before anything is done that is of no use without it. Does not
  /// block. Errors: unsupported (nobody delivers), invalid (its URL; the detail says what to do).
  virtual result<void> check(const push_config& what) const = 0;
  /// Of what has been checked. Success: it is committed. An empty id is filled with a new one; one of the same id is
  /// replaced. It is told of the events behind number `after`. Errors: not_found (the task), limit_exceeded, unavailable.
  virtual void create(const caller& who, push_config what, std::uint64_t after, completion<push_config> done) = 0;
  /// Error not_found: no such task of the caller, or no such configuration of it.
  virtual void get(const caller& who, task_id task, std::string id, completion<push_config> done) = 0;
  virtual void list(const caller& who, task_id task, page_request want, completion<page<push_config>> done) = 0;
  /// Success also when there was none. What is being delivered is delivered; nothing else is.
  virtual void remove(const caller& who, task_id task, std::string id, completion<void> done) = 0;
};

}  // namespace mofa::core
