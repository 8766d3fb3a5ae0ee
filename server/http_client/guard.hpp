// The guard: judges where a request whose URL somebody else wrote would go.
// Made by the client from `http_client.allow`; asked before each connection and again once it stands.
// Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/host.hpp"
#include "server/base/result.hpp"

namespace mofa::http_client {

/// What is wrong with an address.
struct refusal {
  ip_address address;       ///< the one that is refused: the address itself, or one that it carries
  std::string_view reason;  ///< "loopback", "link-local", …: a literal
};

/// Refused are loopback, private, shared (CGNAT), link-local, metadata, multicast, unspecified, documentation, benchmark and
/// reserved addresses (the IANA special-purpose registries, RFC 6890), everything outside of IPv6 global unicast, and all
/// forms that stand for another address (IPv4-mapped, NAT64, 6to4, Teredo, …). What `allow` names is not refused, but an
/// IPv4 address that it carries is judged for itself.
class guard {
 public:
  /// `allow`: CIDRs, addresses, names of hosts, "*.suffix" (every name below it, not the suffix itself). Error invalid: an
  /// entry is none of these.
  static result<guard> make(const std::vector<std::string>& allow);

  /// Whether this very name, or a suffix of it, is in `allow`; its addresses are not judged then.
  bool allows_name(std::string_view host) const;
  /// Nothing when the address may be asked.
  std::optional<refusal> judge(const ip_address& address) const;

 private:
  std::vector<ip_network> networks_;
  std::vector<std::string> names_;     ///< lower case, no dot at the end
  std::vector<std::string> suffixes_;  ///< ".example.org"
};

/// The IPv4 address inside of an IPv6 one that stands for it: mapped, translated (RFC 6052, RFC 7915), 6to4, Teredo (the
/// client's; RFC 4380), ISATAP, or the obsolete compatible form.
std::optional<ip_address> embedded_ipv4(const ip_address& address);

}  // namespace mofa::http_client
