// The tool `calculator`: arithmetic for agents, since models guess at it.
// Made by the app, owned by the registry.
// Stateless; answers at once on the thread that asks.
#pragma once

#include "protocols/core/ports/tool.hpp"

namespace mofa::tools {

/// Arguments {"expression": at most 1000 characters}; value {"result": number, "text": the same as text, "note"?: that it
/// was rounded}. Exact while 64 bits hold the digits. Error invalid with the column: "calculator: division by zero at column
/// 2".
class calculator final : public core::tool {
 public:
  std::string_view name() const noexcept override { return "calculator"; }
  std::string_view description() const noexcept override;
  const core::json& parameters() const noexcept override;
  bool idempotent() const noexcept override { return true; }
  core::running_call_ptr invoke(core::tool_call call, callback<void(result<core::json>)> done) override;
};

}  // namespace mofa::tools
