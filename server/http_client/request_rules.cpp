#include "server/http_client/request_rules.hpp"

#include <algorithm>
#include <array>

namespace mofa::http_client {
namespace {

constexpr std::array<std::string_view, 4> own_headers{"Host", "Content-Length", "Transfer-Encoding", "Connection"};
constexpr std::array<std::string_view, 3> harmless_headers{"Accept", "Accept-Language", "User-Agent"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view each) { return same_name(each, name); });
}

/// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || marks.find(c) != marks.npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

}  // namespace

const std::string* find_header(const std::vector<header>& in, std::string_view name) {
  const auto found = std::find_if(in.begin(), in.end(), [&](const header& each) { return same_name(each.name, name); });
  return found == in.end() ? nullptr : &found->value;
}

result<void> check_request(const request& what) {
  if (!is_token(what.method)) return fail(errc::invalid, "the method of a request must be a token such as GET");
  if (what.method == "CONNECT") return fail(errc::invalid, "CONNECT is not for requests");
  for (const auto& each : what.headers) {
    // The value may be a secret, and the name is not printed before it is known to be one.
    if (!is_token(each.name)) return fail(errc::invalid, "a header of the request has a name that is no token");
    if (!is_field_value(each.value)) {
      return fail(errc::invalid, "the header " + each.name + " of the request has a control character in it");
    }
    if (is_one_of(each.name, own_headers))
      return fail(errc::invalid, "the header " + each.name + " is not for the asker to set");
  }
  if (what.connect_timeout.count() <= 0) return fail(errc::invalid, "a request needs a connect_timeout");
  return {};
}

void change_for_redirect(request& what, int status, bool same_origin) {
  const bool becomes_get = status == 303 ? what.method != "HEAD" : (status == 301 || status == 302) && what.method == "POST";
  if (becomes_get) {
    what.method = "GET";
    what.body.clear();
  }
  std::erase_if(what.headers, [&](const header& each) {
    const bool of_body = lower(each.name.front()) == 'c' && same_name(std::string_view{each.name}.substr(0, 8), "Content-");
    if (of_body) return becomes_get;
    return !same_origin && !is_one_of(each.name, harmless_headers);
  });
}

}  // namespace mofa::http_client
