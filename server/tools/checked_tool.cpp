#include "server/tools/checked_tool.hpp"

namespace mofa::tools {
namespace {

error refusal(std::string_view tool, std::vector<field_error> fields) {
  const auto& first = fields.front();
  auto detail = std::string{tool} + ": " + (first.path.empty() ? "arguments" : first.path.substr(1)) + ": " + first.message;
  if (fields.size() > 1) detail += " (and " + std::to_string(fields.size() - 1) + " more)";
  return {errc::invalid, std::move(detail), std::move(fields)};
}

}  // namespace

core::running_call_ptr checked_tool::invoke(core::tool_call call, callback<void(result<core::json>)> done) {
  auto broken = arguments_->check(call.arguments);
  if (broken.empty()) return inner_->invoke(std::move(call), std::move(done));
  done(refusal(name(), std::move(broken)));
  return nullptr;
}

}  // namespace mofa::tools
