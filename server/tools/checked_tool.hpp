// A tool behind the schema of its arguments: what does not fit is answered here and never reaches the tool.
// Made by the registry around each tool, and owned by it.
// As the tool; the schema is immutable.
#pragma once

#include "protocols/core/ports/schema.hpp"
#include "protocols/core/ports/tool.hpp"

namespace mofa::tools {

/// Error invalid with fields; the detail names tool and place: "calculator: arguments: missing member 'expression'".
class checked_tool final : public core::tool {
 public:
  checked_tool(core::tool_ptr inner, core::schema_ptr arguments)
      : inner_(std::move(inner)), arguments_(std::move(arguments)) {}

  std::string_view name() const noexcept override { return inner_->name(); }
  std::string_view description() const noexcept override { return inner_->description(); }
  const core::json& parameters() const noexcept override { return inner_->parameters(); }
  bool idempotent() const noexcept override { return inner_->idempotent(); }
  core::running_call_ptr invoke(core::tool_call call, callback<void(result<core::json>)> done) override;

 private:
  const core::tool_ptr inner_;
  const core::schema_ptr arguments_;
};

}  // namespace mofa::tools
