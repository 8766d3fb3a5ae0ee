#include "server/settings/endpoint.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace mofa::settings {
namespace {

bool is_ipv4(const std::string& text, in_addr& into) { return inet_pton(AF_INET, text.c_str(), &into) == 1; }
bool is_ipv6(const std::string& text, in6_addr& into) { return inet_pton(AF_INET6, text.c_str(), &into) == 1; }

}  // namespace

std::string endpoint::text() const {
  const bool v6 = address.find(':') != address.npos;
  return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

bool endpoint::is_loopback() const {
  if (address == "localhost") return true;
  in_addr v4{};
  if (is_ipv4(address, v4)) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return is_ipv6(address, v6) && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  endpoint out;
  const auto port = text.substr(colon + 1);
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (failed != std::errc{} || end != port.data() + port.size()) return std::nullopt;

  auto address = text.substr(0, colon);
  const bool brackets = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (brackets) address = address.substr(1, address.size() - 2);
  out.address = address;
  in_addr v4{};
  in6_addr v6{};
  const bool good = brackets ? is_ipv6(out.address, v6) : out.address == "localhost" || is_ipv4(out.address, v4);
  if (!good) return std::nullopt;
  return out;
}

}  // namespace mofa::settings
