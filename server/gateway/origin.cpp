#include "server/gateway/origin.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "server/gateway/ascii.hpp"

namespace mofa::gateway {

namespace {

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_loopback_address(std::string_view address) {
  if (equal_ignoring_case(address, "localhost")) return true;
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  const std::string text{address};
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
  in6_addr six{};
  return inet_pton(AF_INET6, text.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

bool is_loopback_host(std::string_view host) {
  if (!host.empty() && host.front() == '[') {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return false;
    const auto rest = host.substr(end + 1);
    return (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)))) &&
           is_loopback_address(host.substr(0, end + 1));
  }
  const auto colon = host.find(':');
  if (colon == std::string_view::npos) return is_loopback_address(host);
  return is_port(host.substr(colon + 1)) && is_loopback_address(host.substr(0, colon));
}

bool is_own_origin(std::string_view origin, std::string_view host) {
  constexpr std::string_view scheme = "http://";
  return !host.empty() && origin.substr(0, scheme.size()) == scheme &&
         equal_ignoring_case(origin.substr(scheme.size()), host);
}

}  // namespace mofa::gateway
