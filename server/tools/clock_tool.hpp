// The tool `clock`: tells an agent what time it is, in UTC.
// Made by the app with the server's clock, owned by the registry.
// Stateless; answers at once on the thread that asks.
#pragma once

#include "protocols/core/ports/tool.hpp"
#include "server/base/clock.hpp"

namespace mofa::tools {

/// Arguments {"timezone"?: "UTC"}; value {"now": RFC 3339 with milliseconds, "unix_ms": integer}. The clock must outlive the
/// tool.
class clock_tool final : public core::tool {
 public:
  explicit clock_tool(const mofa::clock& source) : clock_(source) {}

  std::string_view name() const noexcept override { return "clock"; }
  std::string_view description() const noexcept override { return "The current time in UTC"; }
  bool idempotent() const noexcept override { return true; }
  const core::json& parameters() const noexcept override;
  core::running_call_ptr invoke(core::tool_call call, callback<void(result<core::json>)> done) override;

 private:
  const mofa::clock& clock_;
};

}  // namespace mofa::tools
