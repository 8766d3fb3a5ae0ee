#include "protocols/a2a/push_fields.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "server/base/host.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

constexpr std::size_t scheme_bytes = 64;

bool starts_with_nocase(std::string_view text, std::string_view start) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return text.size() >= start.size() &&
         std::equal(start.begin(), start.end(), text.begin(), [&](char a, char b) { return a == lower(b); });
}

/// What follows the host: nothing, or a colon and a number that is a port.
bool is_port(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != ':') return false;
  text.remove_prefix(1);
  unsigned port = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failed == std::errc{} && end == text.data() + text.size() && port > 0 && port <= 65'535;
}

bool is_authority(std::string_view text) {
  if (!text.starts_with('[')) {
    const auto host = text.substr(0, text.find(':'));
    return (is_host_name(host) || ip_address::parse(host)) && is_port(text.substr(host.size()));
  }
  const auto end = text.find(']');
  if (end == text.npos) return false;
  const auto address = ip_address::parse(text.substr(1, end - 1));
  return address && address->is_v6 && is_port(text.substr(end + 1));
}

std::string header_text(proto_fields& fields, std::string_view name, std::size_t max_bytes) {
  auto out = fields.text(name, max_bytes);
  if (is_header_text(out)) return out;
  fields.add(name, "cannot be sent in a header: it has control characters, or space at its ends");
  return {};
}

}  // namespace

bool is_web_url(std::string_view text) {
  const std::size_t start = starts_with_nocase(text, "https://") ? 8 : starts_with_nocase(text, "http://") ? 7 : 0;
  // A backslash is a slash to some readers of URLs and none to others, who then see another host.
  const auto visible = [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; };
  if (start == 0 || !std::all_of(text.begin(), text.end(), visible)) return false;
  const auto rest = text.substr(start);
  return is_authority(rest.substr(0, rest.find_first_of("/?#")));
}

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
  out.id = fields.text("id", limits::client_id_bytes);
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
