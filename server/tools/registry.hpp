// The registry of tools: every tool that agents of this server can call, by name.
// Built by the app at the start and never changed; the effects room gets its tools from here.
// Immutable once made; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/ports/schema.hpp"
#include "protocols/core/ports/tool.hpp"

namespace mofa::tools {

class registry {
 public:
  /// Each tool is given out behind the schema of its arguments. Errors: conflict when two tools have the same name, invalid
  /// when the parameters of one are no schema.
  static result<registry> make(std::vector<core::tool_ptr> all, const core::schema_compiler& compile);

  /// Error not_found names a near tool, or all there are.
  result<core::tool_ptr> find(std::string_view name) const;

  /// By name, ascending.
  const std::map<std::string, core::tool_ptr, std::less<>>& all() const { return tools_; }

  /// Whether each tool's calls may be made again after a crash: what kinds of agents check their definitions against.
  std::map<std::string, bool, std::less<>> idempotent_by_name() const;

 private:
  std::map<std::string, core::tool_ptr, std::less<>> tools_;
};

}  // namespace mofa::tools
