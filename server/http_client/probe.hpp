// The HTTP client's probe: what became of each request, for whoever counts and logs it.
// Implemented by telemetry, injected by the app; the null one drops everything.
// Called on the client's thread; must not block.
#pragma once

#include <chrono>
#include <string_view>

namespace mofa::http_client {

/// Texts live only during the call.
class probe {
 public:
  virtual ~probe() = default;

  virtual void request_started(bool /*guarded*/) {}
  /// It ended: "ok" whatever the status, "aborted" when its asker let go, else the stable name of an errc.
  virtual void request_finished(bool /*guarded*/, std::string_view /*outcome*/, std::chrono::nanoseconds /*took*/) {}
  /// The guard said no to an address of that host; a URL's path is not for the operator to see: it may hold a user's words.
  virtual void address_refused(std::string_view /*host*/, std::string_view /*address*/, std::string_view /*reason*/) {}
};

}  // namespace mofa::http_client
