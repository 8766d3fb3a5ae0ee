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
  /// The guard said no; one line for the operator, without query or credentials.
  virtual void address_refused(std::string_view /*detail*/) {}
};

}  // namespace mofa::http_client
