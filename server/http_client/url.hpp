// A URL taken apart as libcurl itself will read it, so that what is judged is what is asked.
// Made by a transfer for each hop.
// Plain values and pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/base/host.hpp"
#include "server/base/result.hpp"

namespace mofa::http_client {

struct url {
  std::string text;                   ///< in its normal form, without fragment: what is asked for
  std::string host;                   ///< a name in ASCII, lower case, or an address without brackets
  std::optional<ip_address> address;  ///< when the host is one; 127.1, 0x7f000001 and 0177.0.0.1 are, too
  std::string origin;                 ///< "https://example.org:443"
  std::string shown;                  ///< for people: without user, query and fragment, at most 200 bytes
  bool encrypted = false;             ///< https
  bool has_credentials = false;       ///< a user or a password is in it
};

/// Reads a whole URL (RFC 3986). Error invalid: none, or its scheme is neither http nor https, or its host is no host.
result<url> read_url(std::string_view text);
/// Reads a `Location` relative to the URL that answered with it (RFC 9110, section 10.2.2).
result<url> read_location(const url& base, std::string_view location);

/// A URL as it was given, for an error about it: without what may be secret, at most 200 bytes.
std::string shown_url(std::string_view text);

}  // namespace mofa::http_client
