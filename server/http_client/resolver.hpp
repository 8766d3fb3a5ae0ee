// The resolver: turns the name of a host into its addresses, for requests whose host must be judged before it is asked.
// Given to the client by the app; a test brings its own, with names that lie.
// resolve() is called on the client's resolving threads, several at a time, and may block.
#pragma once

#include <string>
#include <vector>

#include "server/base/host.hpp"
#include "server/base/result.hpp"

namespace mofa::http_client {

class resolver {
 public:
  virtual ~resolver() = default;
  /// All addresses of the name, in the order to try them; never empty. Error unavailable: there is none, or no answer.
  virtual result<std::vector<ip_address>> resolve(const std::string& name) = 0;
};

/// getaddrinfo(3).
class system_resolver final : public resolver {
 public:
  result<std::vector<ip_address>> resolve(const std::string& name) override;
};

}  // namespace mofa::http_client
