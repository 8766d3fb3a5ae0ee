#include "actors/task/recent_keys.hpp"

#include <algorithm>

namespace mofa::task {
namespace {

// Whoever looked before that has been answered.
constexpr std::chrono::minutes kept_for{1};

}  // namespace

bool recent_keys::take(const core::idempotency_record& of, time_point now) {
  auto key = of.tenant + '\0' + of.principal + '\0' + of.once.operation + '\0' + of.once.key;
  const bool lost = std::any_of(entries_.begin(), entries_.end(), [&](const entry& each) {
    return each.key == key && (!each.committed || *each.committed >= of.at);
  });
  if (lost) return false;
  std::erase_if(entries_, [&](const entry& each) { return each.committed && *each.committed + kept_for < now; });
  entries_.push_back({std::move(key), std::nullopt});
  return true;
}

void recent_keys::committed(time_point now) {
  if (!entries_.empty() && !entries_.back().committed) entries_.back().committed = now;
}

}  // namespace mofa::task
