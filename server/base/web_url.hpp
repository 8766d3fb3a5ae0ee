// Web URLs as text: what may be called by http or https.
// Asked by whoever reads one from a setting or from a client.
// Pure functions; any thread.
#pragma once

#include <string_view>

namespace mofa {

/// An absolute URL of http or https (RFC 3986) with a host, maybe a port, and without a name and password in it. Its host is
/// an address or a name whose labels may be ones of hosts (RFC 1123, section 2.1; '_' is taken too); whether there is such a
/// host is not known.
bool is_web_url(std::string_view text);

}  // namespace mofa
