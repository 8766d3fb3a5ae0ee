#include "server/base/host.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace mofa {
namespace {

int width_of(const ip_address& address) { return address.is_v6 ? 128 : 32; }

bool bit_of(const ip_address& address, int index) {
  const auto byte = address.bytes[static_cast<std::size_t>(index) / 8];
  return ((byte >> (7 - index % 8)) & 1) != 0;
}

bool is_label_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::optional<ip_address> ip_address::parse(std::string_view text) {
  const std::string copy{text};
  if (copy.find('\0') != copy.npos) return std::nullopt;
  ip_address out;
  if (inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1) return out;
  out.is_v6 = true;
  if (inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1) return out;
  return std::nullopt;
}

ip_address ip_address::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  ip_address out;
  out.bytes = {a, b, c, d};
  return out;
}

std::string ip_address::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(is_v6 ? AF_INET6 : AF_INET, bytes.data(), buffer.data(), buffer.size());
  return buffer.data();
}

std::optional<ip_network> ip_network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = ip_address::parse(text.substr(0, slash));
  if (!base) return std::nullopt;
  ip_network out{*base, width_of(*base)};
  if (slash == text.npos) return out;
  const auto digits = text.substr(slash + 1);
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out.bits);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (out.bits < 0 || out.bits > width_of(*base)) return std::nullopt;
  for (int i = out.bits; i < width_of(*base); ++i) {
    if (bit_of(*base, i)) return std::nullopt;
  }
  return out;
}

bool ip_network::contains(const ip_address& address) const {
  if (address.is_v6 != base.is_v6) return false;
  for (int i = 0; i < bits; ++i) {
    if (bit_of(address, i) != bit_of(base, i)) return false;
  }
  return true;
}

bool is_host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : text) {
    if (c != '.' && !is_label_character(c)) return false;
    if (c == '.' && label == 0) return false;
    label = c == '.' ? 0 : label + 1;
    if (label > 63) return false;
  }
  return label > 0 && text.find_first_not_of("0123456789.") != text.npos;
}

}  // namespace mofa
