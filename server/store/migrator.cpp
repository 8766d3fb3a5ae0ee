#include "server/store/migrator.hpp"

namespace mofa::store {

result<void> migrate(migration_target& target, std::span<const migration> steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].version != static_cast<int>(i) + 1) {
      return fail(errc::internal, "migration " + std::to_string(steps[i].version) + " is out of order");
    }
  }
  const int known = static_cast<int>(steps.size());
  const auto found = target.version();
  if (!found) return found.error();
  if (*found > known) {
    return fail(errc::version_too_new, target.name() + ": schema version " + std::to_string(*found) +
                                           ", this binary knows up to " + std::to_string(known) + "; use the newer mofa");
  }
  for (int next = *found; next < known; ++next) {
    if (auto applied = target.apply(steps[static_cast<std::size_t>(next)]); !applied) return applied.error();
  }
  return {};
}

}  // namespace mofa::store
