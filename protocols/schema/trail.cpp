#include "protocols/schema/trail.hpp"

#include <vector>

#include "protocols/core/fields.hpp"

namespace mofa::schema {

std::string trail::str() const {
  std::vector<const trail*> steps;
  for (const auto* at = this; at->up != nullptr; at = at->up) steps.push_back(at);
  std::string out;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    out = (*step)->index == no_index ? core::child_path(out, (*step)->name) : core::child_path(out, (*step)->index);
  }
  return out;
}

}  // namespace mofa::schema
