// The card's answer: the HTTP around a card's text, with what caches need to know.
// Private to this room; made by the routes of cards for each request.
// Values; any thread.
#pragma once

#include <optional>
#include <string>

#include "protocols/http/message.hpp"
#include "server/base/clock.hpp"

namespace mofa::a2a {

/// What a request says of the copy that the client has (RFC 9110, section 13.1).
struct known_copy {
  std::string none_match;      ///< If-None-Match; empty: there is none
  std::string modified_since;  ///< If-Modified-Since; counts only without the other
};
known_copy copy_of(const http::request& from);

/// When a card became what it is.
struct modification {
  time_point at{};   ///< a whole second: no other card was there from then on. Up to a second after `now`
  time_point now{};  ///< the moment of the answer
};

/// 200 with the text, or 304 when the client has it already. Not `open`: no shared cache may keep it.
http::response card_answer(std::string text, const known_copy& known, bool open,
                           const std::optional<modification>& modified);

}  // namespace mofa::a2a
