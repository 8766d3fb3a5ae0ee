// Faults: every failure of the dialect, whoever found it, and how each version and binding says it.
// Made by codecs, operations and bindings; the gateway's own refusals become faults too.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/a2a/questions.hpp"
#include "protocols/http/message.hpp"
#include "server/base/error.hpp"

namespace mofa::a2a {

/// The error types of the specification (1.0.1, section 5.4), those of JSON-RPC, and `refused`: what HTTP has a status for
/// and A2A has no error for (keys, room, time).
enum class fault_kind {
  parse,
  invalid_request,
  method_not_found,
  invalid_params,
  internal,
  task_not_found,
  task_not_cancelable,
  push_not_supported,
  unsupported_operation,
  content_type_not_supported,
  invalid_agent_response,
  extended_card_not_configured,
  extension_support_required,
  version_not_supported,
  refused
};

/// Whose HTTP statuses are used where 1.0.0 and 1.0.1 differ: `errors.profile`.
enum class error_profile { v1_0_0, v1_0_1 };

struct fault {
  fault_kind kind = fault_kind::internal;
  std::string message;
  std::vector<std::pair<std::string, std::string>> metadata{};  ///< of the ErrorInfo
  std::vector<field_error> fields{};                            ///< JSON pointers into the parameters or the body
  error cause{};                                                ///< of `refused`: its status and its headers
};

/// The fault that a port's error is. Total: there is one for each errc.
fault fault_of(const error& why);
/// The one that HTTP has for it: `refused`, whatever A2A has for such an error.
fault refused(error why);
/// What the gateway refuses before a call is read: a path that is not there is no task that is not there, and a malformed
/// query no malformed JSON.
fault turned_away(const error& why);
fault no_such_task(std::string_view id);

/// -32001 and so on. A refusal is -32600 where the request itself is at fault (HTTP 400, 404, 405, 413, 431), else -32000.
int code_of(const fault& what);

/// The error object of JSON-RPC: {code, message, data?}. `data` (1.0 only) is an array of google.rpc.ErrorInfo, and of
/// BadRequest where there are fields ("message.parts[0].text").
std::string rpc_error(const fault& what, version as);
/// The whole answer of JSON-RPC; `id` is JSON text. HTTP 200, but 400 for parse, and the status of a refusal.
http::response rpc_response(const fault& what, version as, std::string_view id);
/// The whole answer of HTTP+JSON: 1.0 {"error": {code, status, message, details}} (AIP-193), 0.3 {code, message}.
http::response rest_response(const fault& what, version as, error_profile profile);

}  // namespace mofa::a2a
