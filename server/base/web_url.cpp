#include "server/base/web_url.hpp"

#include <algorithm>
#include <charconv>

#include "server/base/host.hpp"

namespace mofa {
namespace {

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

/// A name of which no label begins or ends with a hyphen.
bool is_registered_name(std::string_view text) {
  if (!is_host_name(text)) return false;
  return !text.starts_with('-') && !text.ends_with('-') && text.find(".-") == text.npos && text.find("-.") == text.npos;
}

bool is_authority(std::string_view text) {
  if (!text.starts_with('[')) {
    const auto host = text.substr(0, text.find(':'));
    return (is_registered_name(host) || ip_address::parse(host)) && is_port(text.substr(host.size()));
  }
  const auto end = text.find(']');
  if (end == text.npos) return false;
  const auto address = ip_address::parse(text.substr(1, end - 1));
  return address && address->is_v6 && is_port(text.substr(end + 1));
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

}  // namespace mofa
