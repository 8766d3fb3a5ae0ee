// Server-Sent Events (WHATWG HTML, section 9.2): events and live frames as the text of a stream.
// Called by the gateway's stream, which owns the text and writes it to the socket.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "protocols/core/event.hpp"

namespace mofa::sse {

/// A durable event: `id:` is its number, `event:` its kind, `data:` its JSON text.
void append_event(std::string& out, const core::event& what);

/// A live frame: `event:` and `data:`, no `id:`, so that a resume never begins at it.
void append_frame(std::string& out, const core::live_frame& what);

/// A comment: clients skip it. Line feeds in it become spaces.
void append_comment(std::string& out, std::string_view text);

}  // namespace mofa::sse
