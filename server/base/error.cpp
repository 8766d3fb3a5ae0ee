#include "server/base/error.hpp"

namespace mofa {

std::string_view to_string(errc code) {
  switch (code) {
    case errc::invalid_syntax:
      return "invalid_syntax";
    case errc::invalid:
      return "invalid";
    case errc::unauthenticated:
      return "unauthenticated";
    case errc::forbidden:
      return "forbidden";
    case errc::origin_not_allowed:
      return "origin_not_allowed";
    case errc::host_not_allowed:
      return "host_not_allowed";
    case errc::not_found:
      return "not_found";
    case errc::method_not_allowed:
      return "method_not_allowed";
    case errc::not_acceptable:
      return "not_acceptable";
    case errc::conflict:
      return "conflict";
    case errc::context_busy:
      return "context_busy";
    case errc::task_terminal:
      return "task_terminal";
    case errc::task_not_cancelable:
      return "task_not_cancelable";
    case errc::task_not_terminal:
      return "task_not_terminal";
    case errc::managed_by_file:
      return "managed_by_file";
    case errc::in_progress:
      return "in_progress";
    case errc::idempotency_mismatch:
      return "idempotency_mismatch";
    case errc::precondition_failed:
      return "precondition_failed";
    case errc::payload_too_large:
      return "payload_too_large";
    case errc::header_too_large:
      return "header_too_large";
    case errc::unsupported_media_type:
      return "unsupported_media_type";
    case errc::queue_full:
      return "queue_full";
    case errc::overloaded:
      return "overloaded";
    case errc::unavailable:
      return "unavailable";
    case errc::draining:
      return "draining";
    case errc::storage_full:
      return "storage_full";
    case errc::timeout:
      return "timeout";
    case errc::unsupported:
      return "unsupported";
    case errc::io:
      return "io";
    case errc::corrupt:
      return "corrupt";
    case errc::version_too_new:
      return "version_too_new";
    case errc::limit_exceeded:
      return "limit_exceeded";
    case errc::upstream_failed:
      return "upstream_failed";
    case errc::address_refused:
      return "address_refused";
    case errc::unknown_outcome:
      return "unknown_outcome";
    case errc::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace mofa
