// Requests and responses as values: what the gateway hands to a protocol's handler, and what it gets back.
// Made by a gateway session for one request, owned by the handler while it works on it.
// Pure values; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocols/core/caller.hpp"
#include "protocols/core/ports/event_sink.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/http/dialogue.hpp"
#include "protocols/http/feed_encoder.hpp"
#include "server/base/callback.hpp"

namespace mofa::http {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Path parameters, in the order of the pattern: {"name", "echo"}.
using parameter_list = std::vector<std::pair<std::string, std::string>>;

struct request {
  std::string method;   ///< upper case
  std::string path;     ///< percent-encoded, as sent, without the query
  std::string query;    ///< without the question mark
  header_list headers;  ///< names in lower case
  std::string body;
  parameter_list parameters;  ///< percent-decoded
  core::caller caller;
  std::string request_id;
  bool from_browser = false;  ///< there was an Origin header

  /// The first header of that (lower-case) name; nothing when there is none.
  std::optional<std::string_view> header(std::string_view name) const;
  /// The path parameter of that name; empty when the route has none.
  std::string_view parameter(std::string_view name) const;
  /// The percent-decoded query parameter; nothing when it is not there.
  std::optional<std::string> query_value(std::string_view name) const;
};

struct response;

/// A response whose body is a task's feed, with the content type text/event-stream. The session brings the sink, so that the
/// feed writes no faster than the socket.
struct event_stream {
  /// Subscribes. A failure is answered with what `refuse` makes of it, but task_terminal without an encoder with 204.
  callback<void(std::size_t credit, std::shared_ptr<core::event_sink>, core::completion<core::subscription_ptr>)> open;
  callback<response(const error&)> refuse;
  std::unique_ptr<feed_encoder> encoder{};  ///< none: events and frames as they are, as Server-Sent Events
};

/// Takes the answer to one request, exactly once, on any thread.
using responder = callback<void(response)>;

/// A response that is still to come, perhaps in minutes: the work of the request is done, and now its client waits for
/// somebody else's. Who waits so has no place among the requests in flight any more.
struct long_wait {
  callback<void(responder)> begin;      ///< asked at once; answers in its own time, with anything but a wait
  callback<void(responder)> cut_short;  ///< asked for the answer as it is by now, when the server ends first
};

/// So long a handler waits by itself before it leaves a long_wait: most of what is waited for is there by then.
inline constexpr milliseconds short_wait{100};

struct response {
  int status = 200;
  header_list headers;  ///< without Content-Length, Date, X-Request-Id: the session writes those
  std::string body;
  std::string content_type;                ///< empty when there is no body
  std::optional<event_stream> stream;      ///< instead of a body
  std::optional<http::upgrade> upgrade{};  ///< instead of a body, with status 101
  std::optional<long_wait> wait{};         ///< instead of everything else: the answer follows
};

}  // namespace mofa::http
