#include "protocols/a2a/push_fields.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/base/limits.hpp"
#include "server/base/web_url.hpp"

namespace mofa::a2a {
namespace {

constexpr std::size_t scheme_bytes = 64;

std::string header_text(proto_fields& fields, std::string_view name, std::size_t max_bytes) {
  auto out = fields.text(name, max_bytes);
  if (is_header_text(out)) return out;
  fields.add(name, "cannot be sent in a header: it has control characters, or space at its ends");
  return {};
}

}  // namespace

bool is_auth_scheme(std::string_view text) {
  const auto is_token = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= scheme_bytes && std::all_of(text.begin(), text.end(), is_token);
}

bool is_header_text(std::string_view text) {
  if (text.empty()) return true;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return text.front() != ' ' && text.back() != ' ' && std::none_of(text.begin(), text.end(), is_control);
}

void read_push_target(proto_fields& fields, core::push_config& out) {
  out.id = fields.client_id("id");
  if (const auto* given = fields.require("url"); given != nullptr) {
    out.url = fields.text("url", limits::reference_bytes);
    const bool readable = !out.url.empty() || *given == "";
    if (readable && !is_web_url(out.url)) {
      fields.add("url", "must be an absolute URL of http or https, without a name and password");
    }
  }
  out.token = header_text(fields, "token", push_token_bytes);
}

std::string read_push_credentials(proto_fields& authentication) {
  return header_text(authentication, "credentials", push_credentials_bytes);
}

}  // namespace mofa::a2a
