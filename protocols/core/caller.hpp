// The caller: who asks, as authentication found out, and what they may do.
// Made by the gateway for each request, passed by value to every question; stores read nothing without it.
// A plain value; any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace mofa::core {

/// What a key may do; a bit each.
enum class scope : unsigned {
  tasks_read = 1,
  tasks_write = 2,
  agents_read = 4,
  agents_write = 8,
  metrics = 16,
  admin = 32,  ///< everything, and the other owners' tasks of the same tenant
};

inline constexpr std::array<scope, 6> all_scopes{scope::tasks_read,   scope::tasks_write, scope::agents_read,
                                                 scope::agents_write, scope::metrics,     scope::admin};

/// "tasks:read", "tasks:write", "agents:read", "agents:write", "metrics", "admin".
std::string_view to_string(scope which);
std::optional<scope> scope_from(std::string_view text);
/// All of them, in this order, with commas between: for help and errors.
std::string scope_names();

struct caller {
  std::string tenant = "default";
  std::string principal = "local";  ///< the owner of what it creates
  unsigned scopes = 0;

  bool has(scope wanted) const {
    return (scopes & static_cast<unsigned>(scope::admin)) != 0 || (scopes & static_cast<unsigned>(wanted)) != 0;
  }
  bool sees_all_owners() const { return (scopes & static_cast<unsigned>(scope::admin)) != 0; }
};

}  // namespace mofa::core
