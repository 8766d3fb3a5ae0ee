#include "server/gateway/keyring.hpp"

#include <openssl/crypto.h>

#include "server/gateway/ascii.hpp"

namespace mofa::gateway {

namespace {

// The key as the request shows it; empty when it shows none.
std::string_view shown_key(const http::request& ask) {
  constexpr std::string_view scheme = "bearer ";
  if (const auto authorization = ask.header("authorization")) {
    if (!equal_ignoring_case(authorization->substr(0, scheme.size()), scheme)) return {};
    auto token = authorization->substr(scheme.size());
    while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
    return token;
  }
  return ask.header("x-api-key").value_or(std::string_view{});
}

}  // namespace

result<core::caller> keyring::identify(const http::request& ask, time_point now) const {
  const auto shown = shown_key(ask);
  if (shown.empty())
    return fail(errc::unauthenticated, "no key; send 'Authorization: Bearer mofa_…' or 'X-API-Key: mofa_…'");

  const auto hash = sha256(shown);
  const key* found = nullptr;
  // Every key is compared, in constant time: how long it takes says nothing about which one was near.
  for (const auto& each : keys_) {
    if (CRYPTO_memcmp(each.hash.data(), hash.data(), hash.size()) == 0) found = &each;
  }
  if (found == nullptr) return fail(errc::unauthenticated, "unknown key");
  if (found->expires && now >= *found->expires) {
    return fail(errc::unauthenticated, "the key '" + found->name + "' expired at " + to_rfc3339(*found->expires));
  }
  core::caller out;
  out.tenant = found->tenant;
  out.principal = found->name;
  out.scopes = found->scopes;
  return out;
}

core::caller local_caller() {
  core::caller out;
  for (const auto each : core::all_scopes) out.scopes |= static_cast<unsigned>(each);
  return out;
}

}  // namespace mofa::gateway
