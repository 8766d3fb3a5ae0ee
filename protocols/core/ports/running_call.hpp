// A call under way to something outside: a model, a tool, a peer.
// Made by whoever runs the call, owned by the asker; its destruction aborts the call and closes its connection.
// Destroyed on any thread, at any time, also from within the completion.
#pragma once

#include <memory>

namespace mofa::core {

/// A completion that is on its way to the asker when the call is destroyed may still come; it comes at most once in all.
class running_call {
 public:
  virtual ~running_call() = default;
};
/// Null: the call was over when it returned, or cannot be aborted.
using running_call_ptr = std::unique_ptr<running_call>;

}  // namespace mofa::core
