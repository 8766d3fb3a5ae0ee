// The one error of the project: what every result<T> carries when it has no value.
// Made where something fails, owned by the result that carries it, turned into a protocol's form at the edge.
// A plain value; lives on any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mofa {

/// What kind of failure it is. Stable: clients see the name (`to_string`) as `code`.
/// Each protocol maps every value to its own codes in one total table.
enum class errc {
  invalid_syntax,        ///< bytes that are not the language they claim to be (JSON, YAML, HTTP)
  invalid,               ///< well-formed, but the content breaks a rule
  unauthenticated,       ///< no credentials, or unknown ones
  forbidden,             ///< known caller, missing scope
  origin_not_allowed,    ///< a web page of another origin asks to change state
  host_not_allowed,      ///< the Host header names somebody else
  not_found,             ///< no such thing, or another owner's
  method_not_allowed,    ///< the path exists, the method does not
  not_acceptable,        ///< the client accepts nothing that this route can answer
  conflict,              ///< the stored state is not the one that the caller assumed
  context_busy,          ///< the agent refuses a second task in a context that is at work
  task_terminal,         ///< the task has ended and takes no more messages
  task_not_cancelable,   ///< the task has ended otherwise
  task_not_terminal,     ///< only an ended task may be deleted
  managed_by_file,       ///< the definition belongs to a file
  in_progress,           ///< the first request with this idempotency key is undecided
  idempotency_mismatch,  ///< the idempotency key was used with another body
  precondition_failed,   ///< If-Match names another version
  payload_too_large,     ///< a body beyond limits.body_bytes
  header_too_large,      ///< a header beyond limits.header_bytes
  unsupported_media_type,
  queue_full,       ///< the agent's own queue has no room: 429
  overloaded,       ///< the server has no room: 503
  unavailable,      ///< a part is restarting or paused; try again
  draining,         ///< the agent takes no new tasks: 503
  storage_full,     ///< the disk is full; new work is refused
  timeout,          ///< no answer within the deadline
  limit_exceeded,   ///< a budget of the task, its agent or its parent has no room for it
  upstream_failed,  ///< a model, tool or peer that was asked refused, or answered nonsense
  address_refused,  ///< the guard on outbound requests does not allow that address
  unsupported,      ///< this binary cannot do it, and says so
  io,               ///< the operating system failed
  corrupt,          ///< stored bytes are not what was written
  version_too_new,  ///< written by a newer binary
  unknown_outcome,  ///< it may or may not have happened; read again
  internal          ///< a defect of ours
};

/// Stable lower-case name, the same as the enumerator.
std::string_view to_string(errc code);

/// One place of a bad input and what is wrong there.
struct field_error {
  std::string path;     ///< JSON pointer into the body or document ("/rules/0/do")
  std::string message;  ///< what to do about it
};

/// A limit that a refused request has run into, for those who want to pace themselves.
struct exhausted_limit {
  std::string_view name;   ///< a literal: "queue", "in_flight"
  std::int64_t quota = 0;  ///< how many may be there at one time
};

/// A failure: kind, one line for a person, and where the input is at fault.
struct error {
  errc code = errc::internal;
  std::string detail;                                 ///< one line, no secrets
  std::vector<field_error> fields;                    ///< empty unless the input is at fault
  std::optional<std::chrono::seconds> retry_after{};  ///< when it is worth trying again
  std::optional<exhausted_limit> limit{};             ///< of queue_full and overloaded

  error() = default;
  error(errc c, std::string d) : code(c), detail(std::move(d)) {}
  error(errc c, std::string d, std::vector<field_error> f) : code(c), detail(std::move(d)), fields(std::move(f)) {}
};

}  // namespace mofa
