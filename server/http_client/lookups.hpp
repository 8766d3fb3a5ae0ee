// The lookups: names that wait for their addresses, so that a slow name server blocks no transfer.
// Owned by the loop.
// ask() on the loop's thread; answers come on the lookups' own threads.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "server/base/callback.hpp"
#include "server/http_client/call_state.hpp"
#include "server/http_client/resolver.hpp"

namespace mofa::http_client {

class lookups {
 public:
  explicit lookups(std::shared_ptr<resolver> names);
  /// Forgets what waits. A thread that sits in the resolver is left to end by itself: nobody waits for a name server.
  ~lookups();
  lookups(const lookups&) = delete;
  lookups& operator=(const lookups&) = delete;

  /// Answers once; never when the lookups are destroyed before, or when the asker has given up before a thread was free.
  /// Error unavailable: too many names wait.
  void ask(std::string name, std::shared_ptr<const call_state> asker, callback<void(result<std::vector<ip_address>>)> done);

 private:
  struct shared;
  std::shared_ptr<shared> shared_;
};

}  // namespace mofa::http_client
