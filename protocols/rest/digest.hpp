// The digest of a request's body: what an idempotency key is bound to.
// Used where a creating request is read; the text goes into the idempotency record.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mofa::rest {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits; empty when the cryptographic library refuses.
std::string sha256_hex(std::string_view bytes);

}  // namespace mofa::rest
