// The port of agents: what there is, what it does right now, and the operator's commands.
// Implemented by the actor system; called by protocol handlers.
// Each question carries a completion that is called exactly once, on any thread; it must not block.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/core/definition.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::core {

enum class agent_state { ready, paused, draining, failed };
std::string_view to_string(agent_state state);
std::optional<agent_state> agent_state_from(std::string_view text);

struct agent_info {
  definition_ptr definition;
  agent_state state = agent_state::ready;
  std::string source;     ///< the file it belongs to; empty when it came by a request
  std::string error;      ///< why the newest version of the file is not used, or takes no new tasks; else empty
  bool replayed = false;  ///< of apply(): an earlier request with the same idempotency key made it
};

struct agent_version {
  int version = 0;
  time_point created_at{};
  std::string hash;  ///< SHA-256 of the document, hex
};

struct agent_filter {
  std::optional<std::pair<std::string, std::string>> label;
  std::optional<std::string> skill;
  std::optional<std::string> kind;
  std::optional<agent_state> state;
  std::optional<std::string> text;  ///< in name or description, case ignored
};

/// What the agent's actor does right now.
struct agent_actor_info {
  agent_state state = agent_state::ready;
  int restarts_in_window = 0;
  std::string last_failure;
  std::int64_t mailbox_depth = 0;  ///< messages sent to it and not yet handled
  std::int64_t live_tasks = 0;     ///< tasks with an actor
  std::int64_t running_tasks = 0;  ///< tasks that are at work, with or without an actor
  std::int64_t queued_tasks = 0;   ///< accepted, not yet started
};

enum class agent_command { pause, resume, restart, drain };

/// One node of the supervision tree.
struct supervision_node {
  std::string name;
  std::string type;      ///< "supervisor" or "worker"
  std::string strategy;  ///< of a supervisor
  std::string state;     ///< "running", "restarting", "stopped", "quarantined"
  int restarts = 0;      ///< since the start of the process
  std::string last_failure;
  std::vector<supervision_node> children;
};

/// A definition that came through the API.
struct definition_change {
  json document;
  std::optional<std::string> name;                 ///< which agent is changed; nothing: a new one, named by the document
  std::optional<int> if_version;                   ///< only when this is its newest version
  std::optional<core::idempotency> idempotency{};  ///< of a new agent
  caller who{};                                    ///< whose key it is
};

class agent_service {
 public:
  virtual ~agent_service() = default;
  /// By name, ascending.
  virtual void list(agent_filter filter, page_request want, completion<page<agent_info>> done) = 0;
  /// Error not_found names near ones in its detail.
  virtual void get(std::string name, completion<agent_info> done) = 0;
  virtual void versions(std::string name, completion<std::vector<agent_version>> done) = 0;
  virtual void actor(std::string name, completion<agent_actor_info> done) = 0;
  /// pause: accepts, starts nothing. drain: refuses new tasks, lets running ones end. restart: a new actor, tasks go on
  /// from their journals. Answers with the state afterwards.
  virtual void command(std::string name, agent_command what, completion<agent_actor_info> done) = 0;
  /// A new agent, or a new version of one; the same document again is the same version. Tasks keep the version that they
  /// started with. Errors: invalid (fields point into the document), conflict (the name is taken), not_found (also: the
  /// agent that the key made is gone), managed_by_file, precondition_failed, idempotency_mismatch.
  virtual void apply(definition_change what, completion<agent_info> done) = 0;
  /// The agent goes; its tasks stay readable. True: it is gone; false: with `drain` it takes no more work and goes when its
  /// last task has ended. Errors: not_found, managed_by_file, precondition_failed, conflict (it has tasks, and no `drain`).
  virtual void remove(std::string name, std::optional<int> if_version, bool drain, completion<bool> done) = 0;
  virtual void supervision(completion<supervision_node> done) = 0;
};

}  // namespace mofa::core
