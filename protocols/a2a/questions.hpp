// Questions: what clients ask of an agent, in one form for all versions and bindings; the shape is that of A2A 1.0.
// Read by the codecs from parameters and bodies, filled up by the bindings from paths and queries, answered by the
// operations. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/message.hpp"
#include "protocols/core/push.hpp"
#include "protocols/core/task.hpp"

namespace mofa::a2a {

using core::json;

/// The versions that are spoken. 0.2.x is an alias of 0.3.
enum class version { v0_3, v1_0 };

/// A push configuration as a client gives it. Everything else of core::push_config is the server's to fill in.
struct push_question {
  std::string tenant;
  std::string task_id;  ///< empty within a message that is sent
  std::string path;     ///< JSON pointer to the configuration, for errors about it
  core::push_config config;
};

struct send_question {
  std::string tenant;
  core::message message;                           ///< with a message_id; said by the user
  std::string context_id;                          ///< of the message; empty: a new one, or that of its task
  std::string task_id;                             ///< of the message; empty: a new task
  std::vector<std::string> accepted_output_modes;  ///< media types; empty: any
  std::optional<push_question> push;
  std::optional<std::int64_t> history_length;
  bool return_immediately = false;
  json metadata;  ///< of the request, beside the message: an object, or null
};

struct get_question {
  std::string tenant;
  std::string id;
  std::optional<std::int64_t> history_length;
};

struct list_question {
  std::string tenant;
  std::optional<std::string> context_id;
  std::optional<core::task_state> state;
  std::int64_t page_size = 50;
  std::string page_token;
  std::optional<std::int64_t> history_length;
  std::optional<time_point> status_since;
  bool include_artifacts = false;
};

/// Cancel and subscribe.
struct task_question {
  std::string tenant;
  std::string id;
};

/// Get, list and delete of push configurations.
struct push_id_question {
  std::string tenant;
  std::string task_id;
  std::string id;  ///< of the configuration; empty when all are listed
  std::int64_t page_size = 50;
  std::string page_token;
};

}  // namespace mofa::a2a
