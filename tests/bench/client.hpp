// A client of one connection that asks and waits: for what is asked once, and for streams.
// Owned by a measurement.
// One thread; calls block, at most for client::longest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "tests/bench/support.hpp"

namespace mofa::bench {

/// The bytes of a request; one with a body is a POST, without one a GET. `headers` are whole lines with their ends.
std::string request_bytes(std::string_view path, std::string_view body = {}, std::string_view headers = {});

/// How far the bytes of an answer have come.
struct answer_head {
  int status = 0;  ///< 0: the head is not whole yet
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;
  std::size_t size() const { return head_bytes + body_bytes; }
};
/// Reads the head of an answer that has a Content-Length, or no body. Throws on anything else.
answer_head read_head(std::string_view bytes);

class client {
 public:
  static constexpr seconds longest{30};

  explicit client(std::uint16_t port);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// The body of the answer. Throws when its status is another one.
  std::string ask(const std::string& request, int status = 200);
  /// Sends it and reads until `mark` has come; how long that took. The connection is of no use afterwards.
  seconds time_until(const std::string& request, std::string_view mark);
  /// Sends it and hands over what has come, head and framing included, whenever there is more. `use` tells how much of that
  /// is done with, or `enough`. The connection is of no use afterwards.
  void follow(const std::string& request, const std::function<std::size_t(std::string_view)>& use);
  static constexpr std::size_t enough = std::string::npos;

 private:
  void send(const std::string& request);
  void receive();

  int socket_ = -1;
  std::string bytes_;
};

/// A connected, blocking TCP socket to 127.0.0.1 without Nagle's delay.
int connect_to(std::uint16_t port);

}  // namespace mofa::bench
