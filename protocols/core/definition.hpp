// The definition of an agent: the members common to all kinds, and the kind's own part as JSON.
// Read from a file or a request, made a version by the catalog, shared read-only by the agent and its tasks.
// Immutable once made; any thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/core/exposure.hpp"
#include "protocols/core/message.hpp"
#include "protocols/core/ports/schema.hpp"
#include "protocols/core/task.hpp"
#include "protocols/core/topic.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

struct agent_limits {
  int max_concurrent_tasks = 256;
  int max_queued_tasks = 10'000;
  milliseconds timeout{600'000};  ///< of a task; stands still while a person is awaited
  std::optional<milliseconds> input_timeout;
  int max_steps = 25;                             ///< model calls of one task
  std::optional<std::int64_t> max_tokens;         ///< of one task and its children, input and output
  std::optional<std::int64_t> max_cost_microusd;  ///< of one task and its children
};

/// How often one task may crash, and how its restarts are spaced.
struct supervision_spec {
  int intensity = 5;  ///< restarts within `period` before the task is quarantined
  milliseconds period{30'000};
  milliseconds backoff_min{50};
  milliseconds backoff_max{5'000};
};

enum class busy_policy { queue, reject, interrupt };

/// A topic whose messages become tasks of the agent.
struct topic_subscription {
  topic_pattern topic;
  bool durable = false;  ///< messages that were kept wait for the agent in the store
  overflow_policy overflow = overflow_policy::drop_oldest;
  std::size_t capacity = 1000;  ///< messages that wait in memory
};

struct definition {
  std::string name;
  std::string kind;
  int version = 0;  ///< given by the catalog
  std::string description;
  label_map labels;
  std::vector<skill> skills;
  schema_ptr input_schema;  ///< of the data in a message that begins a task; null: any message (see input.hpp)
  core::durability durability = durability::sync;
  agent_limits limits;
  busy_policy on_busy_context = busy_policy::queue;
  supervision_spec supervision;
  std::vector<topic_subscription> subscribe;
  exposure shown;  ///< to programs that look for agents
  json document;   ///< the whole document as written; kinds read their own members from it
};
using definition_ptr = std::shared_ptr<const definition>;

/// Reads the common members; `own` are the names of the members that the kind reads itself; `steps`: whether the kind counts
/// steps; `schemas` compiles `input_schema`, without it a definition that has one is refused. Errors carry JSON pointers in
/// `fields`; all of them, not only the first.
result<definition> definition_from_json(json document, std::span<const std::string_view> own, bool steps = false,
                                        const schema_compiler& schemas = {});

/// `name` and `kind` of a document, to find out whose members it may have; errors as above.
result<std::pair<std::string, std::string>> definition_head(const json& document);

}  // namespace mofa::core
