// The gateway: the listener, its threads and its sessions; everything between the socket and a protocol's handler.
// Owned by the app, which starts it last and drains it first.
// Its functions are called on the app's thread; handlers run on the gateway's own threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "protocols/http/route.hpp"
#include "server/base/clock.hpp"
#include "server/base/result.hpp"
#include "server/gateway/key.hpp"
#include "server/gateway/probe.hpp"

namespace mofa::gateway {

/// What holds at the door and may change while the gateway runs; see follow().
struct rules {
  std::size_t body_bytes = 8 * 1024 * 1024;
  std::size_t header_bytes = 16 * 1024;
  std::size_t in_flight = 4096;         ///< requests handled at one time; open streams and long waits do not count
  std::size_t connections = 10'000;     ///< open at one time
  milliseconds header_timeout{10'000};  ///< from the first byte of a request to the end of its header
  milliseconds idle_timeout{75'000};    ///< between requests
  milliseconds write_timeout{30'000};   ///< without progress in an answer
  std::vector<std::string> cors_origins;
  std::vector<key> keys;  ///< none: loopback only, with the Host and Origin rules
};

struct options : rules {
  std::string address = "127.0.0.1";  ///< an IP literal, or `localhost`
  std::uint16_t port = 8080;          ///< 0: any free one
  int threads = 1;
  milliseconds stream_comment_every{15'000};
  milliseconds half_closed_wait{60'000};  ///< for the answer to a client that has finished sending
  std::size_t stream_credit = 64;         ///< events of one stream on their way at one time
  std::string server_name = "mofa";       ///< the Server header; empty: none
};

class gateway {
 public:
  /// Binds and listens; answers nothing yet. `events` and `now` must outlive the gateway.
  /// Errors: io (`listen 127.0.0.1:8080: in use; use --listen 127.0.0.1:8081`), invalid (an address that is none, one other
  /// than loopback without keys, a bad route table).
  static result<std::unique_ptr<gateway>> listen(options settings, http::route_table routes, probe& events,
                                                 const clock& now);
  ~gateway();

  /// Starts the threads.
  void start();
  /// Takes no new connections, closes idle ones, ends streams, answers the running requests with `Connection: close`. Long
  /// waits may end by themselves; in the last second of the grace, or its second half, they are cut short.
  /// Blocks until the last connection is closed, or for `grace`; true: all are closed.
  bool drain(milliseconds grace);
  /// Closes what is open and joins the threads. Answers that come later are dropped.
  void stop();
  /// Whether follow() would take them. Error invalid: an address other than loopback, and no keys.
  result<void> may_follow(const rules& next) const;
  /// From when it returns, these hold for every request that begins. What has begun goes on as it began, but a stream or
  /// WebSocket whose key is gone or has other scopes is ended within a quarter of a second. Any thread; errors as above, and
  /// nothing has changed.
  result<void> follow(rules next);
  /// The port that is listened on.
  std::uint16_t port() const;

 private:
  struct parts;
  explicit gateway(std::unique_ptr<parts> inside);
  std::unique_ptr<parts> parts_;
};

}  // namespace mofa::gateway
