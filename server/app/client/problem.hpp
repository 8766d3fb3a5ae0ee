// Refusals of a server as a person reads them: what it said, and what to do about it.
// Asked wherever an answer has a status of 400 or more; owned by nobody.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "server/app/client/stop.hpp"

namespace mofa::app::client {

/// Exit code 4 with the problem's detail (RFC 9457), a line for each of its `errors`, and the fix where one is known. A body
/// that is no problem is told by its status. `retry_after`: the header, empty when there is none.
stop refusal(int status, std::string_view body, std::string_view retry_after);

}  // namespace mofa::app::client
