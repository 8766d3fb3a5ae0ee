// The port of tools: something an agent can call, with arguments and an outcome.
// Registered by name by the app; called by the effects room, never by a behaviour.
// invoke() is called on any worker thread and must not block; the completion may be called on any thread, once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "protocols/core/caller.hpp"
#include "protocols/core/message.hpp"
#include "protocols/core/ports/running_call.hpp"
#include "server/base/callback.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

struct tool_call {
  std::string effect_id;  ///< "<task>/<seq>": the idempotency key to pass outwards
  json arguments;
  caller who;              ///< the owner of the task
  std::string context_id;  ///< of the task
};

class tool {
 public:
  virtual ~tool() = default;
  virtual std::string_view name() const noexcept = 0;
  virtual std::string_view description() const noexcept = 0;
  /// JSON Schema (draft 7) of the arguments, an object. The registry checks them before invoke() is called.
  virtual const json& parameters() const noexcept = 0;
  /// Whether a call that was cut off by a crash may be made again.
  virtual bool idempotent() const noexcept = 0;
  virtual running_call_ptr invoke(tool_call call, callback<void(result<json>)> done) = 0;
};
using tool_ptr = std::shared_ptr<tool>;

}  // namespace mofa::core
