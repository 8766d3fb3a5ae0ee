#include "protocols/http/headers.hpp"

#include <algorithm>
#include <cctype>

#include "server/base/digest.hpp"
#include "server/base/limits.hpp"

namespace mofa::http {
namespace {

/// The media type without its parameters.
std::string_view type_of(std::string_view value) {
  value = value.substr(0, value.find(';'));
  const auto first = std::min(value.find_first_not_of(" \t"), value.size());
  value.remove_prefix(first);
  return value.substr(0, value.find_last_not_of(" \t") + 1);
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

result<std::optional<core::idempotency>> idempotency_of(const request& from) {
  const auto key = from.header("idempotency-key");
  if (!key) return std::optional<core::idempotency>{};
  const bool visible = std::all_of(key->begin(), key->end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (key->empty() || key->size() > limits::client_id_bytes || !visible)
    return error{errc::invalid,
                 "Idempotency-Key must be 1 to 128 visible ASCII characters",
                 {{"Idempotency-Key", "must be 1 to 128 visible ASCII characters"}}};
  core::idempotency once{
      .key = std::string{*key}, .operation = from.method + ' ' + from.path, .body_hash = sha256_hex(from.body)};
  if (once.body_hash.empty()) return fail(errc::internal, "the body could not be hashed");
  return std::optional{std::move(once)};
}

result<void> check_content_type(const request& from) {
  if (!from.from_browser || from.body.empty()) return {};
  if (same(type_of(from.header("content-type").value_or("")), "application/json")) return {};
  return fail(errc::unsupported_media_type, "a web page must send Content-Type: application/json");
}

}  // namespace mofa::http
