// A server on loopback whose every byte a test decides: what a provider, a tool's host or a proxy sends, and when it hangs
// up. Owned by the test; each connection has a thread of its own that runs the test's script. The script runs on those
// threads, several at a time; everything else on any thread. Nothing waits without a deadline.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace mofa::test {

/// A request as it came.
struct mock_request {
  std::string method;
  std::string target;  ///< "/v1/chat?x=1"; of a proxy a whole URL, or "host:port"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The value of that header, whatever its case; empty when there is none.
  std::string header(std::string_view name) const;
};

/// One connection.
class mock_peer {
 public:
  /// Far longer than anything takes, so that a slow machine fails no test.
  static constexpr std::chrono::milliseconds patience{20'000};

  mock_peer(int socket, int index) : socket_(socket), index_(index) {}

  /// 0 for the first connection of the server, 1 for the next.
  int index() const { return index_; }
  /// Reads a request and its body (Content-Length); nothing when the connection ends before.
  std::optional<mock_request> read_request();
  /// False when the other side is gone.
  bool send(std::string_view bytes);
  /// Waits until the other side has closed the connection; what it sends meanwhile is dropped.
  bool wait_closed(std::chrono::milliseconds within = patience);

 private:
  bool read_more(std::chrono::milliseconds within);

  int socket_;
  int index_;
  std::string buffer_;
};

class mock_http_server {
 public:
  /// When it returns, the connection is closed.
  using script = std::function<void(mock_peer&)>;

  explicit mock_http_server(script each_connection);
  /// Hangs up on everybody and waits for the scripts.
  ~mock_http_server();
  mock_http_server(const mock_http_server&) = delete;
  mock_http_server& operator=(const mock_http_server&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:PORT" and the path.
  std::string url(std::string_view path = "/") const;
  /// Connections so far.
  int connections() const { return accepted_; }

 private:
  void accept_all();

  script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_{0};
  std::mutex guard_;
  std::vector<int> sockets_;  ///< shut down at the end, each closed by its own thread
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// "HTTP/1.1 200 OK", the headers ("Name: value\r\n"…), Content-Length and the body.
std::string mock_answer(int status, std::string_view body, std::string_view headers = "");
/// The head of an answer whose body comes in chunks.
std::string mock_chunked_head(int status = 200, std::string_view headers = "");
/// One chunk; an empty one ends the body.
std::string mock_chunk(std::string_view bytes);

}  // namespace mofa::test
