// The port through which deliveries leave the process: one POST to a foreign host.
// Implemented by the room that has the HTTP client, injected by the app, asked by the deliveries.
// post() on any thread; the completion is called at most once, on any thread, and must not block.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/ports/running_call.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::core {

struct push_request {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  milliseconds timeout{15'000};  ///< of the whole exchange
};

struct push_answer {
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
  bool in_time = true;  ///< the rest of the answer came as well; false: the receiver gave its status and hung
};

class push_sender {
 public:
  virtual ~push_sender() = default;
  /// Whether a receiver at that URL could be told, as far as that is known without resolving its name. Error invalid: never;
  /// the detail says what would help. Any thread; does not block.
  virtual result<void> check(const std::string& url) const = 0;
  /// Every status is an answer. Errors: address_refused (the guard), invalid (the URL), timeout, unavailable,
  /// upstream_failed. Letting go of the call ends it; the completion is not called then.
  [[nodiscard]] virtual running_call_ptr post(push_request what, completion<push_answer> done) = 0;
};

}  // namespace mofa::core
