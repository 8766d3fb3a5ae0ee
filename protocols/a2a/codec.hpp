// The codec: one wire form of A2A, read into questions and written from the server's own values.
// One object for each form, made at the start, used by the operations and streams that speak it.
// Immutable and pure; any thread.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/a2a/questions.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "server/base/result.hpp"

namespace mofa::a2a {

/// Parts of one message that is read: each costs many times its bytes.
inline constexpr std::size_t parts_max = 1000;

/// How much of a task is shown.
struct shown {
  std::size_t history = std::numeric_limits<std::size_t>::max();  ///< the last so many messages; 0: no member at all
  bool artifacts = true;
};

/// One piece of a stream: exactly one of these is set.
struct status_update {
  const core::task_status& status;
  bool closes = false;  ///< nothing follows in this stream: `final` of 0.3
};
struct artifact_update {
  const core::artifact& artifact;
  bool append = false;
  bool last_chunk = false;
};

/// Of a task, for everything that happens to it.
struct task_names {
  std::string_view task_id;
  std::string_view context_id;
};

class codec {
 public:
  virtual ~codec() = default;

  virtual a2a::version version() const = 0;

  // --- reading. `from` is the JSON of `params`, or of the body; what a REST path or query says comes in afterwards.
  // Error invalid: every wrong place in `fields`, as JSON pointers into `from`. Unknown members are ignored.

  virtual result<send_question> read_send(const json& from) const = 0;
  virtual result<get_question> read_get(const json& from) const = 0;
  virtual result<list_question> read_list(const json& from) const = 0;
  virtual result<task_question> read_task(const json& from) const = 0;
  /// For create; in `config` are id, url, token, scheme and credentials.
  virtual result<push_question> read_push(const json& from) const = 0;
  virtual result<push_id_question> read_push_id(const json& from) const = 0;

  // --- writing: appends JSON text.

  virtual void append_task(std::string& out, const core::task& what, const shown& how) const = 0;
  /// The result of send: the task or the message, wrapped or not as the version has it. A message has the ids of the task
  /// that it belongs to; empty ones are left out.
  virtual void append_sent_task(std::string& out, const core::task& what, const shown& how) const = 0;
  virtual void append_sent_message(std::string& out, const core::message& what, const task_names& names) const = 0;

  /// The pieces of a stream; of tasks and messages they are the same as the result of send.
  virtual void append_status(std::string& out, const status_update& what, const task_names& names) const = 0;
  virtual void append_artifact(std::string& out, const artifact_update& what, const task_names& names) const = 0;

  /// Never with credentials: they are not shown again, to nobody.
  virtual void append_push(std::string& out, const core::push_config& what) const = 0;
  virtual void append_pushes(std::string& out, const std::vector<core::push_config>& all,
                             std::string_view next_page_token) const = 0;
};

/// A2A 1.0: JSON-RPC and HTTP+JSON alike (ProtoJSON of lf.a2a.v1).
const codec& codec_v1();
/// A2A 0.3 over JSON-RPC: discriminated by `kind`.
const codec& codec_v0_3();
/// A2A 0.3 over HTTP+JSON: ProtoJSON of a2a.v1 (`content[]`, `TASK_STATE_CANCELLED`).
const codec& codec_v0_3_rest();

// ListTasks, which only 1.0 has, is written piece by piece: begin, each task, end.

void begin_list(std::string& out);
/// `what` has what `how` shows of it.
void append_listed(std::string& out, const core::task& what, const shown& how);
void end_list(std::string& out, std::string_view next_page_token, std::int64_t page_size, std::int64_t total);

/// The artifacts of a task as A2A shows them: its own, and behind them what its last model call said (`spoken-text`).
std::vector<core::artifact> artifacts_of(const core::task& what);
/// What a model call said, as the artifact that streams tell piece by piece.
core::artifact spoken_artifact(std::string_view text);
inline constexpr std::string_view spoken_artifact_id = "spoken-text";

/// Where the metadata of tasks and status updates has core::task_status::code: a status of A2A has no place for it.
inline constexpr std::string_view status_code_key = "mofa.dev/code";

}  // namespace mofa::a2a
