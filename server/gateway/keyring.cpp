#include "server/gateway/keyring.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "server/gateway/ascii.hpp"

namespace mofa::gateway {

namespace {

bool is_over(const key& one, time_point now) { return one.expires && now >= *one.expires; }

// The key as the request shows it; empty when it shows none.
std::string_view text_shown(const http::request& ask) {
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

result<holder> keyring::identify(const http::request& ask, time_point now) const {
  const auto shown = text_shown(ask);
  if (shown.empty())
    return fail(errc::unauthenticated, "no key; send 'Authorization: Bearer mofa_…' or 'X-API-Key: mofa_…'");

  const auto hash = sha256(shown);
  const key* found = nullptr;
  // Every key is compared, in constant time: how long it takes says nothing about which one was near.
  for (const auto& each : keys_) {
    if (CRYPTO_memcmp(each.hash.data(), hash.data(), hash.size()) == 0) found = &each;
  }
  if (found == nullptr) return fail(errc::unauthenticated, "unknown key");
  if (is_over(*found, now)) {
    return fail(errc::unauthenticated, "the key '" + found->name + "' expired at " + to_rfc3339(*found->expires));
  }
  holder out;
  out.who.tenant = found->tenant;
  out.who.principal = found->name;
  out.who.scopes = found->scopes;
  out.key = {found->hash, found->tenant, found->name, found->scopes};
  return out;
}

bool keyring::still_knows(const std::optional<shown_key>& from, time_point now) const {
  if (keys_.empty()) return true;
  // These are hashes of ours, not of a guess: nothing is learnt from the time that it takes.
  return from && std::any_of(keys_.begin(), keys_.end(), [&](const key& each) {
           return each.hash == from->hash && each.tenant == from->tenant && each.name == from->principal &&
                  each.scopes == from->scopes && !is_over(each, now);
         });
}

core::caller local_caller() {
  core::caller out;
  for (const auto each : core::all_scopes) out.scopes |= static_cast<unsigned>(each);
  return out;
}

}  // namespace mofa::gateway
