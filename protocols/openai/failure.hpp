// Failures on the wire: the text of an error body.
// Asked by providers when an answer's status is not 200, and by the decoder of streams.
// A pure function over values; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mofa::openai {

/// One line of at most 500 bytes from {"error": {"message", "type", "code"}}, {"error": "text"}, {"message"} or plain text:
/// "Rate limit reached (rate_limit_exceeded)". Anthropic's error bodies have the first form, too.
std::string failure_message(std::string_view body);

}  // namespace mofa::openai
