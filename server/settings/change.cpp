#include "server/settings/change.hpp"

#include "server/settings/declarations.hpp"

namespace mofa::settings {

change change_of(const configuration& running, const configuration& wanted) {
  change out{running, {}, {}};
  for (const auto& each : declarations()) {
    if (each.same(running, wanted)) continue;
    if (each.effect == reload::live) {
      each.copy(wanted, out.now);
      out.applied.push_back(each.name);
    } else {
      out.waiting.push_back(each.name);
    }
  }
  return out;
}

}  // namespace mofa::settings
