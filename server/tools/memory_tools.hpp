// The tools `memory_put` and `memory_get`: what the tasks of one context remember for each other.
// Made by the app with the port of the contexts' memory, owned by the registry.
// Stateless; the answer comes when the memory has answered, on its thread.
#pragma once

#include "protocols/core/ports/context_memory.hpp"
#include "protocols/core/ports/tool.hpp"

namespace mofa::tools {

/// Arguments {"key": 1 to 128 bytes, "value": any JSON up to 64 KiB; null forgets the key}; value {"stored": true}. Errors
/// of the port. The memory must outlive the tool.
class memory_put final : public core::tool {
 public:
  explicit memory_put(core::context_memory& memory) : memory_(memory) {}
  std::string_view name() const noexcept override { return "memory_put"; }
  std::string_view description() const noexcept override;
  const core::json& parameters() const noexcept override;
  bool idempotent() const noexcept override { return true; }
  core::running_call_ptr invoke(core::tool_call call, callback<void(result<core::json>)> done) override;

 private:
  core::context_memory& memory_;
};

/// Arguments {"key": …}; value {"value": what was put} or {"value": null}. The memory must outlive the tool.
class memory_get final : public core::tool {
 public:
  explicit memory_get(core::context_memory& memory) : memory_(memory) {}
  std::string_view name() const noexcept override { return "memory_get"; }
  std::string_view description() const noexcept override;
  const core::json& parameters() const noexcept override;
  bool idempotent() const noexcept override { return true; }
  core::running_call_ptr invoke(core::tool_call call, callback<void(result<core::json>)> done) override;

 private:
  core::context_memory& memory_;
};

}  // namespace mofa::tools
