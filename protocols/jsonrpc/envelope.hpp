// The envelope of JSON-RPC 2.0: one request read from a body, and the text around an answer.
// Read by a dialect's binding from each POST; written by it around results, errors and the pieces of a stream.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/message.hpp"

namespace mofa::jsonrpc {

/// Of an id as JSON text: it is repeated in every piece of a stream.
inline constexpr std::size_t id_bytes = 1024;

/// A request (section 4).
struct call {
  std::string id = "null";  ///< JSON text: a string, an integer or null; null, too, when there was none (a notification)
  std::string method;       ///< not empty
  core::json params;        ///< an object; empty when there were none
};

/// The error codes of section 5.1 that the envelope itself gives.
enum class failure_kind : int { parse_error = -32700, invalid_request = -32600, invalid_params = -32602 };

/// Why a body is no call.
struct failure {
  failure_kind kind = failure_kind::parse_error;
  std::string message;
  std::string id = "null";  ///< JSON text; null when it could not be read
};

/// Reads a body, with the limits of documents. parse_error: it is not JSON; invalid_request: it is no request, or a batch;
/// invalid_params: the parameters are not an object.
std::variant<call, failure> read_call(std::string body);

/// Appends `{"jsonrpc":"2.0","id":ID,"result":`; the JSON text of the result follows, and end(). `id` is JSON text.
void begin_result(std::string& out, std::string_view id);
void end(std::string& out);

/// The whole answer of an error, which is JSON text.
void append_error(std::string& out, std::string_view id, std::string_view error);

}  // namespace mofa::jsonrpc
