#include "protocols/core/agent_name.hpp"

#include <algorithm>
#include <array>

namespace mofa::core {
namespace {

constexpr std::size_t name_bytes = 63;
constexpr std::array<std::string_view, 11> reserved_names{"a2a",   "api",    "v1",      "mcp",   "metrics",  "openapi",
                                                          "livez", "readyz", "healthz", "tasks", "dashboard"};

/// [a-z0-9][a-z0-9_-]{0,62}
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > name_bytes || text.front() == '_' || text.front() == '-') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

}  // namespace

std::string wrong_agent_name(std::string_view text) {
  if (!is_name(text)) return "must be 1 to 63 of a-z, 0-9, '_' and '-', and begin with a letter or digit";
  if (std::find(reserved_names.begin(), reserved_names.end(), text) != reserved_names.end())
    return "'" + std::string{text} + "' is reserved";
  return {};
}

}  // namespace mofa::core
