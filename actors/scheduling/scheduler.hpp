// The scheduler: which of the waiting effects may run now. Strict priorities, slots for each resource, ageing.
// Owned by the effects actor, which starts what it names; a ticket stands for one effect.
// Pure but for its own state: no clock, no actors; one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocols/core/task.hpp"
#include "server/base/clock.hpp"

namespace mofa::scheduling {

using ticket = std::uint64_t;

struct options {
  std::map<std::string, int, std::less<>> slots;  ///< of each resource ("model", "tool"): how many run at one time
  milliseconds ageing{30'000};                    ///< within this time whatever waits gets its turn
};

/// How full a resource is.
struct occupancy {
  std::string resource;
  int slots = 0;
  int busy = 0;
  std::size_t waiting = 0;
};

class scheduler {
 public:
  explicit scheduler(const options& how);

  /// Whether there is such a resource.
  bool knows(std::string_view what) const { return resources_.contains(what); }
  /// Other slots for the resources that there are, and another ageing. Who runs goes on, also beyond the slots.
  void follow(const options& how);

  /// Waits for a slot of the resource, which must be one of the options'. A higher priority always goes first, the same
  /// one by arrival; but whoever has waited for three quarters of the ageing goes before all others, the oldest first: it
  /// starts within the ageing as long as a slot becomes free in the last quarter.
  void enqueue(ticket which, std::string_view of, core::priority urgency, time_point now);
  /// Gives up its slot or its place. Unknown tickets are nothing.
  void leave(ticket which);
  /// Those that have a slot from now on, in the order of their turn.
  std::vector<ticket> hand_out(time_point now);

  std::vector<occupancy> look() const;

 private:
  static constexpr std::size_t priorities = 5;
  struct place {
    ticket which = 0;
    time_point since{};
  };
  struct resource {
    std::string name;
    int slots = 0;
    int busy = 0;
    std::array<std::map<std::uint64_t, place>, priorities> waiting;  ///< by arrival
    std::map<std::uint64_t, std::size_t> by_arrival;                 ///< the priority of each
  };
  struct entry {
    resource* of = nullptr;
    std::size_t urgency = 0;
    std::uint64_t arrival = 0;
    bool running = false;
  };

  void hand_out(resource& from, time_point now, std::vector<ticket>& out);
  std::uint64_t next_of(const resource& from, time_point now) const;

  milliseconds patience_;
  std::map<std::string, resource, std::less<>> resources_;
  std::unordered_map<ticket, entry> entries_;
  std::uint64_t arrivals_ = 0;
};

}  // namespace mofa::scheduling
