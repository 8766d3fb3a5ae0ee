// URLs of a MoFA server: the one that the user names, and the paths below it.
// Used by the session and the commands.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mofa::app::client {

inline constexpr std::string_view default_url = "http://127.0.0.1:8080";

/// "http://" in front when there is no scheme, no slash at the end.
std::string server_url(std::string_view given);

/// A name as one segment of a path, or as a value of a query: percent-encoded (RFC 3986, section 2.1).
std::string path_segment(std::string_view name);

}  // namespace mofa::app::client
