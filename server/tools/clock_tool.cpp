#include "server/tools/clock_tool.hpp"

namespace mofa::tools {

const core::json& clock_tool::parameters() const noexcept {
  static const core::json schema{
      {"type", "object"},
      {"properties",
       {{"timezone", {{"type", "string"}, {"enum", {"UTC"}}, {"description", "The only time zone of this server"}}}}},
      {"additionalProperties", false}};
  return schema;
}

core::running_call_ptr clock_tool::invoke(core::tool_call, callback<void(result<core::json>)> done) {
  const auto now = clock_.now();
  done(core::json{{"now", to_rfc3339(now)}, {"unix_ms", now.time_since_epoch().count()}});
  return nullptr;
}

}  // namespace mofa::tools
