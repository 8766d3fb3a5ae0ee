// The subscribers: who wants which topics, found by topic.
// Owned by the bus.
// Pure; lives on the bus's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/bus/message_queue.hpp"
#include "protocols/core/definition.hpp"
#include "protocols/core/ports/topic_service.hpp"

namespace mofa::bus {

/// Where the messages of a client's subscription go.
struct client_side {
  std::string tenant;
  std::shared_ptr<core::topic_sink> sink;
  std::int64_t credit = 0;  ///< below 0 when the last message was a large one
  std::uint64_t lost = 0;   ///< dropped since the last message that it got
};

/// Where the messages of an agent's subscription go: one after the other into its tasks. It gets those of all tenants.
struct agent_side {
  std::string agent;
  bool durable = false;
  bool opened = true;               ///< its cursor has been read
  bool opening = false;             ///< it is being read
  core::topic_message_ptr in_hand;  ///< the message that the agent is to take
  std::string hand_key;             ///< makes the message in hand one task, however often it is offered
  std::uint64_t offer = 0;          ///< number of the attempt to hand it over
  bool offered = false;             ///< that attempt has no answer yet
  milliseconds pause{0};            ///< before the next attempt
  std::uint64_t handled = 0;        ///< the last kept message that it took
  std::uint64_t saved = 0;          ///< what its cursor says
};

struct subscriber {
  std::uint64_t key = 0;
  core::topic_pattern pattern;
  message_queue queue;
  std::optional<client_side> client;
  std::optional<agent_side> agent;

  /// Whether it may see what that tenant publishes.
  bool hears(const std::string& tenant) const { return agent || client->tenant == tenant; }
  std::string_view receiver() const { return agent ? "agent" : "client"; }
};

class subscribers {
 public:
  subscriber& add(subscriber one);
  void remove(std::uint64_t key);
  /// Null when it is not there (any more).
  subscriber* find(std::uint64_t key);
  /// Whose pattern matches the topic and who may hear the tenant.
  std::vector<subscriber*> of(const std::string& tenant, const std::string& topic);

  /// How many may hear the tenant, by the pattern that they gave.
  struct listeners {
    core::topic_pattern pattern;
    std::int64_t count = 0;
  };
  std::vector<listeners> patterns(const std::string& tenant) const;

  std::map<std::uint64_t, subscriber>& all() { return all_; }
  const std::map<std::uint64_t, subscriber>& all() const { return all_; }
  std::size_t agents() const { return agents_; }
  std::size_t clients() const { return all_.size() - agents_; }

 private:
  struct group {
    core::topic_pattern pattern;
    std::vector<std::uint64_t> keys;
  };
  // The same pattern is matched once for all who gave it.
  std::unordered_map<std::string, group> exact_;
  std::map<std::string, group> wild_;
  std::map<std::uint64_t, subscriber> all_;
  std::size_t agents_ = 0;
};

}  // namespace mofa::bus
