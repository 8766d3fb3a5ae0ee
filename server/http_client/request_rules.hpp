// The rules of requests: what an asker may send, and what of it goes along with a redirect.
// Used by transfers.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/base/result.hpp"
#include "server/http_client/client.hpp"

namespace mofa::http_client {

/// The value of the first header of that name, in any case; null when there is none.
const std::string* find_header(const std::vector<header>& in, std::string_view name);

/// Error invalid: the method or a header cannot be sent as it is, or a header is the client's own (Host, Content-Length,
/// Transfer-Encoding, Connection).
result<void> check_request(const request& what);

/// What RFC 9110, section 15.4 makes of a request that is sent on: a POST becomes a GET after 301, 302 and 303, without its
/// body. To another origin go only headers that cannot hold a secret.
void change_for_redirect(request& what, int status, bool same_origin);

}  // namespace mofa::http_client
