// The topic table: what has happened to each topic since the start, for GET /api/v1/topics.
// Owned by the bus.
// Pure; lives on the bus's thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace mofa::bus {

/// Counters of one topic.
struct topic_counts {
  std::int64_t published = 0;
  std::int64_t dropped = 0;
  std::int64_t unheard = 0;
};

class topic_table {
 public:
  /// Beyond so many topics of a tenant a further one is not counted here; metrics count all.
  static constexpr std::size_t topics_max = 10'000;

  /// The counters of a topic; null beyond the bound.
  topic_counts* of(const std::string& tenant, const std::string& topic) {
    auto& all = tenants_[tenant];
    if (const auto found = all.find(topic); found != all.end()) return &found->second;
    return all.size() < topics_max ? &all[topic] : nullptr;
  }

  using topics = std::map<std::string, topic_counts, std::less<>>;
  const topics& of(const std::string& tenant) const {
    static const topics none;
    const auto found = tenants_.find(tenant);
    return found == tenants_.end() ? none : found->second;
  }

 private:
  std::map<std::string, topics> tenants_;
};

}  // namespace mofa::bus
