#include "protocols/http/problem.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace mofa::http {

problem_kind problem_kind_of(errc code) {
  // No default: the compiler reports a kind without a row.
  switch (code) {
    case errc::invalid_syntax:
      return {400, "Malformed request"};
    case errc::invalid:
      return {422, "Invalid content"};
    case errc::unauthenticated:
      return {401, "Not authenticated"};
    case errc::forbidden:
      return {403, "Not allowed"};
    case errc::origin_not_allowed:
      return {403, "Origin not allowed"};
    case errc::host_not_allowed:
      return {421, "Host not allowed"};
    case errc::not_found:
      return {404, "Not found"};
    case errc::method_not_allowed:
      return {405, "Method not allowed"};
    case errc::not_acceptable:
      return {406, "Not acceptable"};
    case errc::conflict:
      return {409, "Conflict"};
    case errc::context_busy:
      return {409, "Context is busy"};
    case errc::task_terminal:
      return {409, "Task has ended"};
    case errc::task_not_cancelable:
      return {409, "Task cannot be canceled"};
    case errc::task_not_terminal:
      return {409, "Task has not ended"};
    case errc::managed_by_file:
      return {409, "Managed by a file"};
    case errc::in_progress:
      return {409, "First request in progress"};
    case errc::idempotency_mismatch:
      return {422, "Idempotency key used with another body"};
    case errc::precondition_failed:
      return {412, "Precondition failed"};
    case errc::payload_too_large:
      return {413, "Body too large"};
    case errc::header_too_large:
      return {431, "Header too large"};
    case errc::unsupported_media_type:
      return {415, "Unsupported media type"};
    case errc::queue_full:
      return {429, "Queue is full"};
    case errc::overloaded:
      return {503, "Server is full"};
    case errc::unavailable:
      return {503, "Unavailable"};
    case errc::draining:
      return {503, "Agent is draining"};
    case errc::storage_full:
      return {503, "Storage is full"};
    case errc::timeout:
      return {504, "No answer in time"};
    case errc::limit_exceeded:
      return {422, "Limit exceeded"};
    case errc::upstream_failed:
      return {502, "Upstream failed"};
    case errc::address_refused:
      return {403, "Address not allowed"};
    case errc::unsupported:
      return {501, "Not supported"};
    case errc::io:
      return {500, "Operating system failure"};
    case errc::corrupt:
      return {500, "Stored data is damaged"};
    case errc::version_too_new:
      return {500, "Stored data is of a newer version"};
    case errc::unknown_outcome:
      return {500, "Outcome unknown"};
    case errc::internal:
      return {500, "Internal error"};
  }
  return {500, "Internal error"};
}

// Retry-After (RFC 9110, section 10.2.3); RateLimit and RateLimit-Policy as structured fields, as
// draft-ietf-httpapi-ratelimit-headers writes them.
void add_error_headers(response& out, const error& why) {
  if (out.status == 401) out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"mofa\"");
  if (out.status != 429 && out.status != 503) return;
  const auto seconds = std::to_string(why.retry_after.value_or(std::chrono::seconds{1}).count());
  out.headers.emplace_back("Retry-After", seconds);
  if (!why.limit) return;
  const auto name = '"' + std::string{why.limit->name} + '"';
  out.headers.emplace_back("RateLimit", name + ";r=0;t=" + seconds);
  out.headers.emplace_back("RateLimit-Policy",
                           name + ";q=" + std::to_string(why.limit->quota) + ";qu=\"concurrent-requests\"");
}

response problem(const error& why, std::string_view instance, std::string_view request_id) {
  return problem(why, problem_kind_of(why.code), instance, request_id);
}

response problem(const error& why, problem_kind kind, std::string_view instance, std::string_view request_id) {
  nlohmann::ordered_json body;
  body["type"] = "about:blank";
  body["title"] = kind.title;
  body["status"] = kind.status;
  body["detail"] = why.detail;
  if (!instance.empty()) body["instance"] = instance;
  body["code"] = to_string(why.code);
  if (!request_id.empty()) body["request_id"] = request_id;
  if (!why.fields.empty()) {
    auto& errors = body["errors"] = nlohmann::ordered_json::array();
    for (const auto& field : why.fields) errors.push_back({{"path", field.path}, {"message", field.message}});
  }

  response out;
  out.status = kind.status;
  out.content_type = "application/problem+json";
  // Details may quote what the client sent: bytes that are not UTF-8 become U+FFFD.
  out.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  add_error_headers(out, why);
  return out;
}

}  // namespace mofa::http
