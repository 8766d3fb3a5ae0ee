// The webhook sender: posts what the deliveries give it to a URL that a client wrote, and says what was answered.
// Made and owned by the app, which hands it to the kernel; has an HTTP client of its own, so that receivers that hang are in
// nobody's way. post() on any thread; completions come on the client's thread.
#pragma once

#include <memory>

#include "protocols/core/ports/push_sender.hpp"
#include "server/base/clock.hpp"
#include "server/base/result.hpp"
#include "server/http_client/client.hpp"
#include "server/http_client/guard.hpp"
#include "server/http_client/url.hpp"

namespace mofa::push {

class webhook_sender final : public core::push_sender {
 public:
  /// `how` as for other guarded requests. `allow_loopback`: receivers on this machine are allowed besides, and may be http;
  /// they are asked without the proxy. `time` must outlive it. Errors: those of http_client::client::open.
  static result<std::unique_ptr<webhook_sender>> open(http_client::options how, bool allow_loopback, const clock& time);

  [[nodiscard]] result<void> check(const std::string& url) const override;
  /// A redirect is an answer, and not followed. Of the answer's body at most 64 KiB are read, and none is kept; what breaks
  /// after the status was read takes nothing away. Error invalid also: neither https, nor http to an allowed loopback host.
  [[nodiscard]] core::running_call_ptr post(core::push_request what, core::completion<core::push_answer> done) override;

 private:
  webhook_sender(http_client::guard judge, bool allow_loopback, const clock& time)
      : judge_(std::move(judge)), allow_loopback_(allow_loopback), time_(time) {}
  result<void> check_scheme(const http_client::url& at) const;

  const http_client::guard judge_;
  const bool allow_loopback_;
  const clock& time_;
  std::unique_ptr<http_client::client> outside_;
  std::unique_ptr<http_client::client> inside_;  ///< for this machine, where the one outwards has a proxy
};

}  // namespace mofa::push
