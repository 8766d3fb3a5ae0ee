#include "actors/directory/directory.hpp"

namespace mofa::directory {

actors::journal_actor directory::journal() const {
  return look([](const services& s) { return s.journal; });
}
actors::feeds_actor directory::feeds() const {
  return look([](const services& s) { return s.feeds; });
}
actors::clockwork_actor directory::clockwork() const {
  return look([](const services& s) { return s.clockwork; });
}
actors::bus_actor directory::bus() const {
  return look([](const services& s) { return s.bus; });
}
actors::effects_actor directory::effects() const {
  return look([](const services& s) { return s.effects; });
}
actors::delivery_actor directory::delivery() const {
  return look([](const services& s) { return s.delivery; });
}

actors::reader_actor directory::reader() const {
  const auto turn = turn_.fetch_add(1, std::memory_order_relaxed);
  return look(
      [&](const services& s) { return s.readers.empty() ? actors::reader_actor{} : s.readers[turn % s.readers.size()]; });
}

void directory::put_agent(const std::string& name, actors::agent_actor handle, depth_counter depth) {
  const std::unique_lock lock{guard_};
  agents_[name] = {std::move(handle), std::move(depth)};
}

void directory::remove_agent(const std::string& name) {
  const std::unique_lock lock{guard_};
  agents_.erase(name);
}

actors::agent_actor directory::agent(std::string_view name) const {
  const std::shared_lock lock{guard_};
  const auto found = agents_.find(name);
  return found == agents_.end() ? actors::agent_actor{} : found->second.handle;
}

actors::agent_actor directory::agent_to_send(std::string_view name) const {
  const std::shared_lock lock{guard_};
  const auto found = agents_.find(name);
  if (found == agents_.end()) return {};
  found->second.depth->fetch_add(1, std::memory_order_relaxed);
  return found->second.handle;
}

void directory::clear() {
  const std::unique_lock lock{guard_};
  services_ = {};
  agents_.clear();
}

}  // namespace mofa::directory
