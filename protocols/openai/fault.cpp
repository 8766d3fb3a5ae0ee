#include "protocols/openai/fault.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocols/http/problem.hpp"

namespace mofa::openai {
namespace {

// Codes that the server's own kinds and hosts give; agents may have any other.
constexpr std::array<std::pair<std::string_view, errc>, 5> known_codes{{{"limit_exceeded", errc::limit_exceeded},
                                                                        {"deadline_exceeded", errc::timeout},
                                                                        {"input_timeout", errc::timeout},
                                                                        {"model_failed", errc::upstream_failed},
                                                                        {"output_invalid", errc::upstream_failed}}};

errc kind_of(const core::task_status& end) {
  if (end.state == core::task_state::canceled) return errc::conflict;
  if (end.state == core::task_state::rejected) return errc::invalid;
  for (const auto& [code, kind] : known_codes) {
    if (end.code == code) return kind;
  }
  return errc::internal;
}

std::string_view type_of(int status) {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 409:
      return "conflict_error";
    case 429:
      return "rate_limit_error";
    default:
      return status < 500 ? "invalid_request_error" : "server_error";
  }
}

}  // namespace

fault fault_of(const error& why) {
  fault out;
  out.status = why.code == errc::invalid ? 400 : http::problem_kind_of(why.code).status;
  out.code = to_string(why.code);
  out.message = why.detail;
  if (!why.fields.empty()) out.param = why.fields.front().path;
  return out;
}

fault no_model(const error& why) {
  fault out;
  out.status = 404;
  out.code = "model_not_found";
  out.message = why.detail;
  out.param = "model";
  return out;
}

fault fault_of(const core::task_status& end) {
  const auto state = to_string(end.state);
  fault out;
  out.status = http::problem_kind_of(kind_of(end)).status;
  out.code = end.code.empty() ? state : std::string_view{end.code};
  if (end.message) out.message = end.message->text();
  if (out.message.empty()) out.message = "the task ended as " + std::string{state};
  out.settled = true;
  return out;
}

std::string error_text(const fault& what) {
  nlohmann::ordered_json inside;
  inside["message"] = what.message;
  inside["type"] = type_of(what.status);
  inside["param"] = nullptr;
  if (!what.param.empty()) inside["param"] = what.param;
  inside["code"] = what.code;
  nlohmann::ordered_json out;
  out["error"] = std::move(inside);
  // Messages may quote what the client sent: bytes that are not UTF-8 become U+FFFD.
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

http::response to_response(const fault& what) {
  http::response out;
  out.status = what.status;
  out.content_type = "application/json";
  out.body = error_text(what);
  if (what.settled) out.headers.emplace_back("x-should-retry", "false");
  return out;
}

http::response to_response(const error& why) {
  auto out = to_response(fault_of(why));
  http::add_error_headers(out, why);
  return out;
}

}  // namespace mofa::openai
