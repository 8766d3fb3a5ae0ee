#include "server/http_client/resolver.hpp"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace mofa::http_client {
namespace {

ip_address address_of(const addrinfo& entry) {
  ip_address out;
  out.is_v6 = entry.ai_family == AF_INET6;
  if (out.is_v6) {
    sockaddr_in6 name{};
    std::memcpy(&name, entry.ai_addr, sizeof name);
    std::memcpy(out.bytes.data(), &name.sin6_addr, 16);
  } else {
    sockaddr_in name{};
    std::memcpy(&name, entry.ai_addr, sizeof name);
    std::memcpy(out.bytes.data(), &name.sin_addr, 4);
  }
  return out;
}

}  // namespace

result<std::vector<ip_address>> system_resolver::resolve(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int failure = getaddrinfo(name.c_str(), nullptr, &hints, &list);
  if (failure != 0) return fail(errc::unavailable, "the name " + name + " has no address: " + gai_strerror(failure));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{list, freeaddrinfo};
  std::vector<ip_address> out;
  for (const auto* each = list; each != nullptr; each = each->ai_next) {
    if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
    const auto address = address_of(*each);
    if (std::find(out.begin(), out.end(), address) == out.end()) out.push_back(address);
  }
  if (out.empty()) return fail(errc::unavailable, "the name " + name + " has no address");
  return out;
}

}  // namespace mofa::http_client
