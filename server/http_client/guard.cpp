#include "server/http_client/guard.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace mofa::http_client {
namespace {

struct special_network {
  ip_network range;
  std::string_view reason;
};

special_network special(std::string_view range, std::string_view reason) { return {*ip_network::parse(range), reason}; }

/// The first that holds an address gives the reason.
const std::vector<special_network>& special_networks() {
  static const std::vector<special_network> all{
      special("0.0.0.0/8", "unspecified"),
      special("10.0.0.0/8", "private"),
      special("100.100.100.200/32", "metadata"),
      special("100.64.0.0/10", "shared (CGNAT)"),
      special("127.0.0.0/8", "loopback"),
      special("168.63.129.16/32", "metadata"),
      special("169.254.169.254/32", "metadata"),
      special("169.254.0.0/16", "link-local"),
      special("172.16.0.0/12", "private"),
      special("192.0.0.0/24", "reserved"),
      special("192.0.2.0/24", "documentation"),
      special("192.88.99.0/24", "reserved"),
      special("192.168.0.0/16", "private"),
      special("198.18.0.0/15", "benchmark"),
      special("198.51.100.0/24", "documentation"),
      special("203.0.113.0/24", "documentation"),
      special("224.0.0.0/4", "multicast"),
      special("240.0.0.0/4", "reserved"),
      special("::/128", "unspecified"),
      special("::1/128", "loopback"),
      special("::ffff:0:0/96", "IPv4-mapped"),
      special("::/96", "IPv4-compatible"),
      special("::ffff:0:0:0/96", "translated"),
      special("64:ff9b::/96", "NAT64"),
      special("64:ff9b:1::/48", "NAT64"),
      special("100::/64", "discard-only"),
      special("2001::/32", "Teredo"),
      special("2001:2::/48", "benchmark"),
      special("2001::/23", "reserved"),
      special("2001:db8::/32", "documentation"),
      special("2002::/16", "6to4"),
      special("3fff::/20", "documentation"),
      special("fd00:ec2::254/128", "metadata"),
      special("fd20:ce::254/128", "metadata"),
      special("fc00::/7", "private (unique local)"),
      special("fe80::/10", "link-local"),
      special("fec0::/10", "private (site-local)"),
      special("ff00::/8", "multicast"),
  };
  return all;
}

std::optional<std::string_view> reason_against(const ip_address& address) {
  for (const auto& each : special_networks()) {
    if (each.range.contains(address)) return each.reason;
  }
  // Whatever the registries add later is outside of 2000::/3, or is added above.
  static const ip_network global_unicast = *ip_network::parse("2000::/3");
  if (address.is_v6 && !global_unicast.contains(address)) return "reserved";
  return std::nullopt;
}

ip_address v4_at(const ip_address& from, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  return ip_address::v4(from.bytes[a], from.bytes[b], from.bytes[c], from.bytes[d]);
}

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (out.ends_with('.')) out.pop_back();
  return out;
}

/// RFC 6052, section 2.2: a /48 prefix leaves byte 8 zero; with the /96 of the same block the address is at the end.
ip_address local_nat64(const ip_address& address) {
  const bool at_end =
      std::all_of(address.bytes.begin() + 6, address.bytes.begin() + 12, [](auto byte) { return byte == 0; });
  return at_end ? v4_at(address, 12, 13, 14, 15) : v4_at(address, 6, 7, 9, 10);
}

ip_address teredo_client(const ip_address& address) {
  auto out = v4_at(address, 12, 13, 14, 15);
  for (std::size_t i = 0; i < 4; ++i) out.bytes[i] = static_cast<std::uint8_t>(~out.bytes[i]);
  return out;
}

bool is_isatap(const ip_address& address) {
  const auto& b = address.bytes;
  return (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe;
}

}  // namespace

std::optional<ip_address> embedded_ipv4(const ip_address& address) {
  static const std::array at_end{*ip_network::parse("::ffff:0:0/96"), *ip_network::parse("::ffff:0:0:0/96"),
                                 *ip_network::parse("64:ff9b::/96"), *ip_network::parse("::/96")};
  static const auto six_to_four = *ip_network::parse("2002::/16");
  static const auto teredo = *ip_network::parse("2001::/32");
  static const auto nat64 = *ip_network::parse("64:ff9b:1::/48");
  static const auto unspecified_or_loopback = *ip_network::parse("::/127");
  if (!address.is_v6 || unspecified_or_loopback.contains(address)) return std::nullopt;
  for (const auto& each : at_end) {
    if (each.contains(address)) return v4_at(address, 12, 13, 14, 15);
  }
  if (six_to_four.contains(address)) return v4_at(address, 2, 3, 4, 5);
  if (teredo.contains(address)) return teredo_client(address);
  if (nat64.contains(address)) return local_nat64(address);
  if (is_isatap(address)) return v4_at(address, 12, 13, 14, 15);
  return std::nullopt;
}

result<guard> guard::make(const std::vector<std::string>& allow) {
  guard out;
  for (const auto& entry : allow) {
    if (const auto network = ip_network::parse(entry)) {
      out.networks_.push_back(*network);
    } else if (entry.starts_with("*.") && is_host_name(entry.substr(2))) {
      out.suffixes_.push_back(lower(entry.substr(1)));
    } else if (is_host_name(entry)) {
      out.names_.push_back(lower(entry));
    } else {
      return fail(errc::invalid, "http_client.allow: '" + entry + "' is no CIDR, address, name of a host or *.suffix");
    }
  }
  return out;
}

bool guard::allows_name(std::string_view host) const {
  const auto name = lower(host);
  return std::find(names_.begin(), names_.end(), name) != names_.end() ||
         std::any_of(suffixes_.begin(), suffixes_.end(),
                     [&](const std::string& suffix) { return name.size() > suffix.size() && name.ends_with(suffix); });
}

std::optional<refusal> guard::judge(const ip_address& address) const {
  const bool allowed =
      std::any_of(networks_.begin(), networks_.end(), [&](const ip_network& each) { return each.contains(address); });
  if (!allowed) {
    if (const auto reason = reason_against(address)) return refusal{address, *reason};
  }
  const auto inner = embedded_ipv4(address);
  return inner ? judge(*inner) : std::nullopt;
}

}  // namespace mofa::http_client
