#include <map>
#include <unordered_map>

#include "actors/bus/bus_state.hpp"

namespace mofa::bus {

using namespace mofa::actors;

namespace {

using topic_map = std::map<std::string, core::topic_info>;

core::topic_info& row(topic_map& of, const std::string& topic) {
  auto& out = of[topic];
  out.topic = topic;
  return out;
}

}  // namespace

topics_reply bus_state::list(const topics_request& question) const {
  topic_map found;
  for (const auto& each : question.kept) {
    auto& out = row(found, each.topic);
    out.kept = each.kept;
    out.last_seq = each.last_seq;
  }
  for (const auto& [topic, counts] : table.of(question.tenant)) {
    auto& out = row(found, topic);
    out.published = counts.published;
    out.dropped = counts.dropped;
    out.unheard = counts.unheard;
  }
  const auto listeners = all.patterns(question.tenant);
  for (const auto& each : listeners) row(found, each.pattern.text());
  found.erase(found.begin(), found.upper_bound(question.want.cursor));

  topics_reply out;
  const auto limit = static_cast<std::size_t>(question.want.limit);
  std::unordered_map<std::string_view, std::int64_t*> depths;
  out.value.items.reserve(std::min(limit, found.size()));
  for (auto& [topic, info] : found) {
    if (out.value.items.size() == limit) {
      out.value.next_cursor = out.value.items.back().topic;
      break;
    }
    // A pattern's own line counts those who gave it.
    for (const auto& each : listeners)
      if (each.pattern.text() == topic || each.pattern.matches(topic)) info.subscribers += each.count;
    auto& item = out.value.items.emplace_back(std::move(info));
    depths.emplace(item.topic, &item.depth);
  }
  for (const auto& [key, one] : all.all()) {
    if (!one.hears(question.tenant)) continue;
    for (const auto& each : one.queue.waiting()) {
      if (each->tenant != question.tenant) continue;
      if (const auto wanted = depths.find(each->topic); wanted != depths.end()) ++*wanted->second;
    }
  }
  return out;
}

}  // namespace mofa::bus
