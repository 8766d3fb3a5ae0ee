// Supervisors: start children in order, watch and restart them by a strategy, stop them in reverse; know when to give up.
// Each is an actor of the tree that it shows; parents supervise supervisors.
// One scheduled actor each; child starters are called on its thread.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include <functional>
#include <string>
#include <vector>

#include "actors/supervision/restart_policy.hpp"
#include "actors/system/actors.hpp"
#include "actors/system/environment.hpp"

namespace mofa::supervision {

/// Which children follow when one is restarted (OTP, supervisor behaviour).
enum class strategy { one_for_one, one_for_all, rest_for_one };

/// When a child that ended is started again: always; only after a failure; never.
enum class restart { permanent, transient, temporary };

struct child_spec {
  std::string name;
  /// Starts the child and makes its handle known to the directory.
  std::function<caf::actor()> start;
  restart when = restart::permanent;
  milliseconds grace{5'000};  ///< for an orderly end before it is killed
  bool is_supervisor = false;
};

struct supervisor_spec {
  std::string name;
  std::string path;  ///< of its parents, for probes: "root/storage"
  strategy how = strategy::one_for_one;
  restart_rule rule;
  std::vector<child_spec> children;
  /// Of the root: called instead of ending, with the chain of causes on one line.
  std::function<void(std::string causes)> give_up;
};

/// Starts the children in order, on the caller's thread, then the supervisor that watches them.
actors::supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_spec spec, const actors::environment& env);

}  // namespace mofa::supervision
