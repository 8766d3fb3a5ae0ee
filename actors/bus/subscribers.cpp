#include "actors/bus/subscribers.hpp"

#include <algorithm>

namespace mofa::bus {

subscriber& subscribers::add(subscriber one) {
  const auto enter = [&](auto& groups) {
    groups.try_emplace(one.pattern.text(), group{one.pattern, {}}).first->second.keys.push_back(one.key);
  };
  one.pattern.is_exact() ? enter(exact_) : enter(wild_);
  if (one.agent) ++agents_;
  const auto key = one.key;
  return all_.emplace(key, std::move(one)).first->second;
}

void subscribers::remove(std::uint64_t key) {
  const auto found = all_.find(key);
  if (found == all_.end()) return;
  const auto leave = [&](auto& groups) {
    const auto mine = groups.find(found->second.pattern.text());
    std::erase(mine->second.keys, key);
    if (mine->second.keys.empty()) groups.erase(mine);
  };
  found->second.pattern.is_exact() ? leave(exact_) : leave(wild_);
  if (found->second.agent) --agents_;
  all_.erase(found);
}

subscriber* subscribers::find(std::uint64_t key) {
  const auto found = all_.find(key);
  return found == all_.end() ? nullptr : &found->second;
}

std::vector<subscriber*> subscribers::of(const std::string& tenant, const std::string& topic) {
  std::vector<subscriber*> out;
  const auto take = [&](const group& from) {
    for (const auto key : from.keys) {
      auto& one = all_.at(key);
      if (one.hears(tenant)) out.push_back(&one);
    }
  };
  if (const auto found = exact_.find(topic); found != exact_.end()) take(found->second);
  for (const auto& [text, each] : wild_)
    if (each.pattern.matches(topic)) take(each);
  return out;
}

std::vector<subscribers::listeners> subscribers::patterns(const std::string& tenant) const {
  std::vector<listeners> out;
  const auto take = [&](const auto& groups) {
    for (const auto& [text, each] : groups) {
      const auto count =
          std::count_if(each.keys.begin(), each.keys.end(), [&](auto key) { return all_.at(key).hears(tenant); });
      if (count > 0) out.push_back({each.pattern, count});
    }
  };
  take(exact_);
  take(wild_);
  return out;
}

}  // namespace mofa::bus
