// Problems: how every error of the server looks over HTTP (RFC 9457), and the one table from errc to HTTP status.
// Made by the gateway for its own refusals and by the REST dialect for everything else.
// Pure functions over values; any thread.
#pragma once

#include <string_view>

#include "protocols/http/message.hpp"
#include "server/base/error.hpp"

namespace mofa::http {

/// The HTTP side of a kind of failure.
struct problem_kind {
  int status = 500;
  std::string_view title;  ///< one phrase, the same for every failure of the kind
};

/// The row of the table for that kind of failure. Total: there is one for each errc.
problem_kind problem_kind_of(errc code);

/// The failure as application/problem+json: type, title, status, detail, instance, code, request_id, and errors[{path,
/// message}] when the failure has fields. Brings Retry-After (429 and 503: one second unless the failure says more) and
/// WWW-Authenticate (401). `instance` is the path of the request; an empty one is left out, like an empty `request_id`.
response problem(const error& why, std::string_view instance, std::string_view request_id);

/// The same with another status and title, for what HTTP tells apart and errc does not (408).
response problem(const error& why, problem_kind kind, std::string_view instance, std::string_view request_id);

/// What every error brings besides its body, whatever the dialect: Retry-After and RateLimit (429 and 503), WWW-Authenticate
/// (401). `out` has its status already.
void add_error_headers(response& out, const error& why);

}  // namespace mofa::http
