#include "protocols/core/caller.hpp"

#include <algorithm>
#include <utility>

namespace mofa::core {
namespace {

constexpr std::array<std::pair<scope, std::string_view>, all_scopes.size()> names{{{scope::tasks_read, "tasks:read"},
                                                                                   {scope::tasks_write, "tasks:write"},
                                                                                   {scope::agents_read, "agents:read"},
                                                                                   {scope::agents_write, "agents:write"},
                                                                                   {scope::metrics, "metrics"},
                                                                                   {scope::admin, "admin"}}};

}  // namespace

std::string_view to_string(scope which) {
  const auto at = std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.first == which; });
  return at == names.end() ? std::string_view{} : at->second;
}

std::optional<scope> scope_from(std::string_view text) {
  const auto at = std::find_if(names.begin(), names.end(), [&](const auto& one) { return one.second == text; });
  return at == names.end() ? std::nullopt : std::optional{at->first};
}

std::string scope_names() {
  std::string out;
  for (const auto& [which, name] : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

}  // namespace mofa::core
