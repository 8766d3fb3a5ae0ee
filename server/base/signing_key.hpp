// The signing key: a private key of the operator, by which others can tell that what they read is ours.
// Made at the start from the text of a PEM file; owned by whoever signs, copies share the key.
// Immutable; any thread, also several at one time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/base/result.hpp"

namespace mofa {

class signing_key {
 public:
  /// The first private key in the text: P-256 or Ed25519, not encrypted. Error invalid: there is none, or it is another
  /// kind.
  static result<signing_key> from_pem(std::string_view text);

  /// Its name in a JWS: "ES256" (RFC 7518, section 3.4) or "EdDSA" (RFC 8037, section 3.1).
  std::string_view algorithm() const;

  /// 64 bytes: R and S of ECDSA with SHA-256, different each time, or the signature of Ed25519. Error internal.
  result<std::string> sign(std::string_view bytes) const;

 private:
  struct pair;
  explicit signing_key(std::shared_ptr<const pair> from) : pair_(std::move(from)) {}

  std::shared_ptr<const pair> pair_;
};

}  // namespace mofa
