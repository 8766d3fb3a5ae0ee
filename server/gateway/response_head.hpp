// The response head: status line and headers as text, ready to be written.
// Called by sessions, which own the text and use it again.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "protocols/http/message.hpp"

namespace mofa::gateway {

enum class framing { sized, chunked, until_close };

/// What a head says besides the response itself.
struct head_facts {
  std::string_view constant;  ///< whole lines: Date and Server
  std::string_view request_id;
  framing body = framing::sized;
  bool close = false;            ///< Connection: close
  bool keep_alive_said = false;  ///< HTTP/1.0 wants to hear it
};

/// Appends the head with its empty line. Control characters in header values become spaces.
void append_head(std::string& out, const http::response& answer, const head_facts& facts);

/// "Date: …" as a line (RFC 9110, section 5.6.7).
std::string date_line(time_point now);

}  // namespace mofa::gateway
