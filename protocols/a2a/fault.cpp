#include "protocols/a2a/fault.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/json_text.hpp"
#include "protocols/http/problem.hpp"
#include "protocols/jsonrpc/envelope.hpp"

namespace mofa::a2a {
namespace {

constexpr std::string_view a2a_domain = "a2a-protocol.org";
constexpr std::string_view own_domain = "mofa.dev";
constexpr std::size_t shown_id_bytes = 128;
/// Of JSON-RPC's range for servers, the one code that is not in A2A's (-32001 to -32099).
constexpr int server_error = -32000;

/// One row of the error table (1.0.1, section 5.4). The reasons of JSON-RPC's own errors are those of the SDKs.
struct fault_row {
  int code = 0;
  std::string_view reason;
  std::string_view status;    ///< of google.rpc.Code
  int http = 0;               ///< 1.0.1
  std::string_view status_0;  ///< 1.0.0
  int http_0 = 0;             ///< 1.0.0
};

fault_row row_of(fault_kind kind) {
  // No default: the compiler reports a kind without a row.
  switch (kind) {
    case fault_kind::parse:
      return {-32700, "PARSE_ERROR", "INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", 400};
    case fault_kind::invalid_request:
      return {-32600, "INVALID_REQUEST", "INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", 400};
    case fault_kind::method_not_found:
      return {-32601, "METHOD_NOT_FOUND", "UNIMPLEMENTED", 404, "UNIMPLEMENTED", 404};
    case fault_kind::invalid_params:
      return {-32602, "INVALID_PARAMS", "INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", 400};
    case fault_kind::internal:
    case fault_kind::refused:  // has its own: see code_of(), http_status_of() and reason_of()
      return {-32603, "INTERNAL_ERROR", "INTERNAL", 500, "INTERNAL", 500};
    case fault_kind::task_not_found:
      return {-32001, "TASK_NOT_FOUND", "NOT_FOUND", 404, "NOT_FOUND", 404};
    case fault_kind::task_not_cancelable:
      return {-32002, "TASK_NOT_CANCELABLE", "FAILED_PRECONDITION", 400, "FAILED_PRECONDITION", 409};
    case fault_kind::push_not_supported:
      return {-32003, "PUSH_NOTIFICATION_NOT_SUPPORTED", "FAILED_PRECONDITION", 400, "UNIMPLEMENTED", 400};
    case fault_kind::unsupported_operation:
      return {-32004, "UNSUPPORTED_OPERATION", "FAILED_PRECONDITION", 400, "UNIMPLEMENTED", 400};
    case fault_kind::content_type_not_supported:
      return {-32005, "CONTENT_TYPE_NOT_SUPPORTED", "INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", 415};
    case fault_kind::invalid_agent_response:
      return {-32006, "INVALID_AGENT_RESPONSE", "INTERNAL", 500, "INTERNAL", 502};
    case fault_kind::extended_card_not_configured:
      return {-32007, "EXTENDED_AGENT_CARD_NOT_CONFIGURED", "FAILED_PRECONDITION", 400, "FAILED_PRECONDITION", 400};
    case fault_kind::extension_support_required:
      return {-32008, "EXTENSION_SUPPORT_REQUIRED", "FAILED_PRECONDITION", 400, "FAILED_PRECONDITION", 400};
    case fault_kind::version_not_supported:
      return {-32009, "VERSION_NOT_SUPPORTED", "FAILED_PRECONDITION", 400, "UNIMPLEMENTED", 400};
  }
  return {-32603, "INTERNAL_ERROR", "INTERNAL", 500, "INTERNAL", 500};
}

/// The google.rpc.Code of a refusal, by its HTTP status (the table of google/rpc/code.proto).
std::string_view status_of_refusal(int http) {
  switch (http) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 405:
    case 501:
      return "UNIMPLEMENTED";
    case 409:
      return "ABORTED";
    case 412:
      return "FAILED_PRECONDITION";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 502:
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return http < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
  }
}

fault_kind kind_of(errc code) {
  // No default: the compiler reports a kind without a row.
  switch (code) {
    case errc::invalid_syntax:
      return fault_kind::parse;
    case errc::invalid:
    case errc::idempotency_mismatch:
    case errc::limit_exceeded:
    case errc::address_refused:
      return fault_kind::invalid_params;
    case errc::not_found:
      return fault_kind::task_not_found;
    case errc::task_not_cancelable:
      return fault_kind::task_not_cancelable;
    case errc::context_busy:
    case errc::task_terminal:
    case errc::task_not_terminal:
    case errc::managed_by_file:
    case errc::unsupported:
      return fault_kind::unsupported_operation;
    case errc::not_acceptable:
    case errc::unsupported_media_type:
      return fault_kind::content_type_not_supported;
    case errc::unauthenticated:
    case errc::forbidden:
    case errc::origin_not_allowed:
    case errc::host_not_allowed:
    case errc::method_not_allowed:
    case errc::conflict:
    case errc::in_progress:
    case errc::precondition_failed:
    case errc::payload_too_large:
    case errc::header_too_large:
    case errc::queue_full:
    case errc::overloaded:
    case errc::unavailable:
    case errc::draining:
    case errc::storage_full:
    case errc::timeout:
    case errc::upstream_failed:
      return fault_kind::refused;
    case errc::io:
    case errc::corrupt:
    case errc::version_too_new:
    case errc::unknown_outcome:
    case errc::internal:
      return fault_kind::internal;
  }
  return fault_kind::internal;
}

int http_status_of(const fault& what, error_profile profile) {
  if (what.kind == fault_kind::refused) return http::problem_kind_of(what.cause.code).status;
  const auto row = row_of(what.kind);
  return profile == error_profile::v1_0_0 ? row.http_0 : row.http;
}

/// Of a request that is wrong by its path, its method, its query or its size: whoever sends it again is refused again.
bool is_request_at_fault(int http) { return http == 400 || http == 404 || http == 405 || http == 413 || http == 431; }

std::string reason_of(const fault& what) {
  if (what.kind != fault_kind::refused) return std::string{row_of(what.kind).reason};
  std::string out{to_string(what.cause.code)};
  for (auto& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

/// "/message/parts/0/text" as "message.parts[0].text".
std::string field_name(std::string_view pointer) {
  std::string out;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    const bool index = !token.empty() && token.find_first_not_of("0123456789") == token.npos;
    if (index) {
      out += '[';
      out += token;
      out += ']';
      continue;
    }
    if (!out.empty()) out += '.';
    for (std::size_t i = 0; i < token.size(); ++i) {
      const bool escaped = token[i] == '~' && i + 1 < token.size();
      if (escaped) ++i;
      out += !escaped ? token[i] : token[i] == '1' ? '/' : '~';
    }
  }
  return out;
}

void append_error_info(std::string& out, const fault& what) {
  out += R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":)";
  core::append_string(out, reason_of(what));
  out += R"(,"domain":)";
  core::append_string(out, what.kind == fault_kind::refused ? own_domain : a2a_domain);
  for (std::size_t i = 0; i < what.metadata.size(); ++i) {
    out += i == 0 ? R"(,"metadata":{)" : ",";
    core::append_string(out, what.metadata[i].first);
    out += ':';
    core::append_string(out, what.metadata[i].second);
  }
  out += what.metadata.empty() ? "}" : "}}";
}

/// [ErrorInfo, BadRequest?]
void append_details(std::string& out, const fault& what) {
  out += '[';
  append_error_info(out, what);
  for (std::size_t i = 0; i < what.fields.size(); ++i) {
    out += i == 0 ? R"(,{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[)" : ",";
    out += R"({"field":)";
    core::append_string(out, field_name(what.fields[i].path));
    out += R"(,"description":)";
    core::append_string(out, what.fields[i].message);
    out += '}';
  }
  out += what.fields.empty() ? "]" : "]}]";
}

http::response answer(int status, std::string body, const fault& what) {
  http::response out;
  out.status = status;
  out.content_type = "application/json";
  out.body = std::move(body);
  if (what.kind == fault_kind::refused) http::add_error_headers(out, what.cause);
  return out;
}

/// {"code", "message"}, without the brace at its end.
std::string code_and_message(int code, std::string_view message) {
  std::string out = R"({"code":)";
  core::append_number(out, std::int64_t{code});
  out += R"(,"message":)";
  core::append_string(out, message);
  return out;
}

}  // namespace

fault fault_of(const error& why) {
  fault out;
  out.kind = kind_of(why.code);
  out.message = why.detail;
  out.fields = why.fields;
  out.cause = why;
  return out;
}

fault refused(error why) {
  fault out;
  out.kind = fault_kind::refused;
  out.message = why.detail;
  out.cause = std::move(why);
  return out;
}

fault turned_away(const error& why) {
  const bool of_http = why.code == errc::not_found || why.code == errc::invalid_syntax;
  return of_http ? refused(why) : fault_of(why);
}

fault no_such_task(std::string_view id) {
  fault out;
  out.kind = fault_kind::task_not_found;
  if (id.empty() || id.size() > shown_id_bytes) {
    out.message = "no such task";
    return out;
  }
  out.message = "no task " + std::string{id};
  out.metadata.emplace_back("taskId", id);
  return out;
}

int code_of(const fault& what) {
  if (what.kind != fault_kind::refused) return row_of(what.kind).code;
  return is_request_at_fault(http::problem_kind_of(what.cause.code).status) ? row_of(fault_kind::invalid_request).code
                                                                            : server_error;
}

std::string rpc_error(const fault& what, version as) {
  auto out = code_and_message(code_of(what), what.message);
  if (as == version::v1_0) {
    out += R"(,"data":)";
    append_details(out, what);
  }
  out += '}';
  return out;
}

http::response rpc_response(const fault& what, version as, std::string_view id) {
  int status = 200;
  if (what.kind == fault_kind::refused) status = http::problem_kind_of(what.cause.code).status;
  if (what.kind == fault_kind::parse) status = 400;
  std::string body;
  jsonrpc::append_error(body, id, rpc_error(what, as));
  return answer(status, std::move(body), what);
}

http::response rest_response(const fault& what, version as, error_profile profile) {
  if (as == version::v0_3) {
    // 0.3 has no statuses of its own; its SDKs use those of 1.0.0.
    auto body = code_and_message(code_of(what), what.message) + '}';
    return answer(http_status_of(what, error_profile::v1_0_0), std::move(body), what);
  }
  const int status = http_status_of(what, profile);
  const auto row = row_of(what.kind);
  std::string body = R"({"error":{"code":)";
  core::append_number(body, std::int64_t{status});
  body += R"(,"status":)";
  core::append_string(body, what.kind == fault_kind::refused   ? status_of_refusal(status)
                            : profile == error_profile::v1_0_0 ? row.status_0
                                                               : row.status);
  body += R"(,"message":)";
  core::append_string(body, what.message);
  body += R"(,"details":)";
  append_details(body, what);
  body += "}}";
  return answer(status, std::move(body), what);
}

}  // namespace mofa::a2a
