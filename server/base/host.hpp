// Hosts as values: IP addresses, networks in CIDR notation, and what may be the name of a host.
// Made by whoever reads an address or a setting that holds one.
// Plain values; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mofa {

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address is an IPv6 one.
struct ip_address {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};  ///< network order; IPv4 has the first four

  /// Four decimal numbers, or IPv6 without brackets and zone. No short, hexadecimal or octal forms of IPv4.
  static std::optional<ip_address> parse(std::string_view text);
  static ip_address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);
  /// "192.0.2.1", "2001:db8::1"
  std::string text() const;
  auto operator<=>(const ip_address&) const = default;
};

/// All addresses that begin with the same bits.
struct ip_network {
  ip_address base;
  int bits = 0;

  /// "10.0.0.0/8", "fd00::/8", or one address. Nothing when it is neither, or has bits beyond the prefix.
  static std::optional<ip_network> parse(std::string_view text);
  bool contains(const ip_address& address) const;
};

/// Labels of letters, digits, '-' and '_' between dots, at most 253 bytes, not all digits: what a resolver may be asked.
bool is_host_name(std::string_view text);

}  // namespace mofa
