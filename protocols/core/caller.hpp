// The caller: who asks, as authentication found out, and what they may do.
// Made by the gateway for each request, passed by value to every question; stores read nothing without it.
// A plain value; any thread.
#pragma once

#include <string>

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
