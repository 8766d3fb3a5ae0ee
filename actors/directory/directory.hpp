// The directory: where the actors of this process are right now. Handles change when a supervisor restarts somebody.
// Owned by the kernel; supervisors write it at each start of a child, everybody else looks handles up.
// Thread-safe. CAF's own registry is not used: an actor in it can keep the process from stopping.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "actors/system/actors.hpp"

namespace mofa::directory {

/// The actors of which there is one (readers: a few).
struct services {
  actors::journal_actor journal;
  std::vector<actors::reader_actor> readers;
  actors::feeds_actor feeds;
  actors::clockwork_actor clockwork;
  actors::bus_actor bus;
  actors::effects_actor effects;
  actors::delivery_actor delivery;
};

class directory {
 public:
  /// Changes one or more handles of the services.
  template <class F>
  void update(F&& change) {
    const std::unique_lock lock{guard_};
    change(services_);
  }
  template <class F>
  auto look(F&& at) const {
    const std::shared_lock lock{guard_};
    return at(services_);
  }

  actors::journal_actor journal() const;
  actors::feeds_actor feeds() const;
  actors::clockwork_actor clockwork() const;
  actors::bus_actor bus() const;
  actors::effects_actor effects() const;
  actors::delivery_actor delivery() const;
  /// The next reader in turn.
  actors::reader_actor reader() const;

  /// CAF does not tell how deep a mailbox is: who asks an agent something counts it here, the agent counts it off.
  using depth_counter = std::shared_ptr<std::atomic<std::int64_t>>;

  /// A new actor of the agent; its mailbox is empty.
  void put_agent(const std::string& name, actors::agent_actor handle, depth_counter depth);
  /// The agent is gone for good.
  void remove_agent(const std::string& name);
  /// Null when there is none.
  actors::agent_actor agent(std::string_view name) const;
  /// The same, for somebody who sends it one message: counted.
  actors::agent_actor agent_to_send(std::string_view name) const;

  /// Drops all handles, so that the system can end.
  void clear();

 private:
  mutable std::shared_mutex guard_;
  services services_;
  struct agent_entry {
    actors::agent_actor handle;
    depth_counter depth;
  };
  std::map<std::string, agent_entry, std::less<>> agents_;
  mutable std::atomic<std::size_t> turn_{0};
};

}  // namespace mofa::directory
