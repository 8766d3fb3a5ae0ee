// The idempotency keys of a task's last messages: of several requests at one time under one key, one is taken.
// Owned by the task actor, gone with it: the record in the store is the last word.
// No clock, no threads: time is an argument; one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/core/ports/store.hpp"

namespace mofa::task {

class recent_keys {
 public:
  /// False when a message with the key was committed after `of.at`, the time before the request looked for it: it could not
  /// see that. One that looked later has seen what the store says, which forgets keys. True: its message is on its way.
  bool take(const core::idempotency_record& of, time_point now);
  /// The message on its way, if any, is committed.
  void committed(time_point now);

 private:
  struct entry {
    std::string key;
    std::optional<time_point> committed;
  };
  std::vector<entry> entries_;
};

}  // namespace mofa::task
