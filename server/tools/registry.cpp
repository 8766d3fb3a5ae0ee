#include "server/tools/registry.hpp"

#include "server/base/nearest.hpp"
#include "server/tools/checked_tool.hpp"

namespace mofa::tools {

result<registry> registry::make(std::vector<core::tool_ptr> all, const core::schema_compiler& compile) {
  registry made;
  for (auto& tool : all) {
    std::string name{tool->name()};
    if (made.tools_.contains(name)) return fail(errc::conflict, "two tools are named '" + name + "'");
    auto arguments = compile(tool->parameters());
    if (!arguments) {
      auto why = std::move(arguments).error();
      why.detail = "tool '" + name + "': parameters: " + why.detail;
      return why;
    }
    made.tools_.emplace(std::move(name), std::make_shared<checked_tool>(std::move(tool), *std::move(arguments)));
  }
  return made;
}

result<core::tool_ptr> registry::find(std::string_view name) const {
  if (const auto found = tools_.find(name); found != tools_.end()) return found->second;
  std::vector<std::string_view> known;
  for (const auto& entry : tools_) known.emplace_back(entry.first);
  auto detail = "unknown tool '" + std::string{name.substr(0, 64)} + "'";
  if (const auto near = nearest_name(name, known))
    return fail(errc::not_found, detail + "; did you mean '" + std::string{*near} + "'?");
  detail += known.empty() ? "; there are none" : "; known: ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) detail += ", ";
    detail += known[i];
  }
  return fail(errc::not_found, std::move(detail));
}

std::map<std::string, bool, std::less<>> registry::idempotent_by_name() const {
  std::map<std::string, bool, std::less<>> out;
  for (const auto& [name, tool] : tools_) out.emplace(name, tool->idempotent());
  return out;
}

}  // namespace mofa::tools
