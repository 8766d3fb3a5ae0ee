// The HTTP client: a request goes out, its answer streams in; the only door to hosts that are not ours.
// Made and owned by the app; models, tools and peers hold a reference, and own the calls that they start.
// start() and fetch() on any thread; all callbacks come on the client's own thread, one at a time, and must not block.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/ports/running_call.hpp"
#include "server/base/callback.hpp"
#include "server/base/result.hpp"

namespace mofa::http_client {

using std::chrono::milliseconds;

class probe;
class resolver;

/// Who wrote the URL.
enum class profile {
  guarded,  ///< a user, an agent, a model, a card, a webhook: every address is judged (`guard`)
  trusted   ///< the operator, in the configuration: asked as it stands
};

struct header {
  std::string name;  ///< any case
  std::string value;
};

struct request {
  std::string method = "GET";
  std::string url;  ///< http or https; guarded: without user and password
  std::vector<header> headers;
  std::string body;
  profile trust = profile::guarded;
  milliseconds connect_timeout{10'000};  ///< name, connection and TLS together
  milliseconds idle_timeout{60'000};     ///< no byte in either direction for so long, once connected; 0: none
  milliseconds total_timeout{0};         ///< from start() to the end of the answer, redirects included; 0: none
  std::size_t max_body_bytes = 8 * 1024 * 1024;
  /// How many redirects are followed; nothing: 5 when guarded, 0 when trusted. At 0 the redirect itself is the answer.
  /// One that leaves the origin is judged as guarded whatever `trust` says, and takes no credentials along.
  std::optional<int> max_redirects;
};

struct response_head {
  int status = 0;
  std::vector<header> headers;
  std::string url;  ///< where the answer comes from, after redirects

  /// The value of the first header of that name (any case); null when there is none.
  const std::string* find(std::string_view name) const;
};

/// Gets the answer of one request: on_head once, on_data as bytes come, on_end once and last. A failure may end it
/// anywhere. Every status is an answer, 404 and 500 too.
///
/// Errors: address_refused (the guard), timeout, unavailable (no connection, or the client stops), upstream_failed
/// (not HTTP, bad certificate, cut off in the middle, too many redirects), payload_too_large (on_data has got exactly
/// max_body_bytes then), invalid (the request itself).
class listener {
 public:
  virtual ~listener() = default;
  virtual void on_head(response_head head) = 0;
  /// Bytes of the body, without transfer coding; valid until it returns.
  virtual void on_data(std::string_view bytes) = 0;
  virtual void on_end(result<void> outcome) = 0;
};

/// A whole answer.
struct response {
  int status = 0;
  std::vector<header> headers;
  std::string url;  ///< where the answer comes from, after redirects
  std::string body;

  /// The value of the first header of that name (any case); null when there is none.
  const std::string* find(std::string_view name) const;
};

struct options {
  std::vector<std::string> allow;   ///< `http_client.allow`: CIDRs, addresses, hosts, "*.suffix"
  std::string proxy;                ///< `http_client.proxy`: "http://host:port"; empty: none. The environment is not asked
  std::shared_ptr<resolver> names;  ///< of guarded requests; null: the operating system's
  std::shared_ptr<probe> watcher;   ///< null: nobody counts
};

class client {
 public:
  /// Starts the client's thread. Error invalid: an entry of `allow` or the proxy is none; io: no thread.
  static result<std::unique_ptr<client>> open(options how);

  /// Ends what runs (its listeners get unavailable) and waits for the thread; not from within a callback.
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Sends the request. Nothing is called from within start(). Destroying the call closes its connection at once and
  /// silences the listener, but for a callback that is already under way; letting go of an ended call does nothing.
  /// A call may outlive the client.
  [[nodiscard]] core::running_call_ptr start(request what, std::shared_ptr<listener> to);

  /// Sends the request and gathers the answer; `done` is called once, or never when the call is destroyed before.
  [[nodiscard]] core::running_call_ptr fetch(request what, callback<void(result<response>)> done);

 private:
  class impl;
  explicit client(std::unique_ptr<impl> inner);
  std::unique_ptr<impl> inner_;
};

}  // namespace mofa::http_client
