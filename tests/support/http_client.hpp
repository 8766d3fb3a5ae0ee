// A small blocking HTTP/1.1 client for tests that talk to the real server: requests with keep-alive, and event streams.
// Owned by the test; each object is one client with at most one connection to 127.0.0.1.
// One thread at a time; every function has a deadline and tells "nothing came" from an answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mofa::test {

using std::chrono::milliseconds;
using steady_point = std::chrono::steady_clock::time_point;

/// How long a test waits for what must come: far longer than it takes, so that a slow machine does not fail it.
inline constexpr milliseconds patience{20'000};

using header_pairs = std::vector<std::pair<std::string, std::string>>;

struct http_answer {
  int status = 0;
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  std::string body;                                 ///< without its chunks

  /// The first value of that header; empty when there is none. `name` in lower case.
  std::string header(std::string_view name) const;
};

/// A connection that sends and reads bytes as they are.
class wire {
 public:
  explicit wire(std::uint16_t port);
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;
  ~wire();

  bool connected() const { return socket_ >= 0; }
  /// false when the peer is gone or takes nothing until the deadline.
  bool send(std::string_view bytes, milliseconds within = patience);
  /// What comes up to and with `text`; nothing when the connection ends before it or the deadline passes.
  std::optional<std::string> until(std::string_view text, steady_point deadline);
  /// Exactly so many bytes.
  std::optional<std::string> take(std::size_t count, steady_point deadline);
  /// Status line and header.
  std::optional<http_answer> head(steady_point deadline);
  /// The body that belongs to the head, into it; false when it does not come whole.
  bool body(http_answer& to, steady_point deadline);
  /// head() and body().
  std::optional<http_answer> answer(milliseconds within = patience);
  /// Whether the peer closes, without a further byte, until the deadline.
  bool ends(milliseconds within = patience);
  /// Half-closes: nothing more will be sent.
  void finish_sending();
  /// Whether the connection has ended (by the peer, or because of a mistake) as far as was read.
  bool ended() const { return ended_; }

 private:
  bool more(steady_point deadline);

  int socket_ = -1;
  bool ended_ = false;
  std::string held_;
};

class http_client {
 public:
  explicit http_client(std::uint16_t port) : port_(port) {}

  /// Sends the request and reads the whole answer; on the connection of the request before, if it is still open.
  /// Nothing when the server is not there, ends the connection, or does not answer within the time.
  std::optional<http_answer> request(std::string_view method, std::string_view path, std::string_view body = {},
                                     const header_pairs& headers = {}, milliseconds within = patience);
  std::optional<http_answer> get(std::string_view path, const header_pairs& headers = {}) {
    return request("GET", path, {}, headers);
  }
  std::optional<http_answer> post(std::string_view path, std::string_view body, const header_pairs& headers = {}) {
    return request("POST", path, body, headers);
  }
  /// How many connections were opened so far.
  int connections() const { return connections_; }

 private:
  std::uint16_t port_;
  int connections_ = 0;
  std::optional<wire> open_;
};

/// One event of a stream. Frames without a number have an empty id.
struct stream_event {
  std::string id, event, data;
  std::string text;  ///< the lines as they came
};

/// An event stream, read event by event. Comments are skipped and counted.
class event_stream {
 public:
  /// Sends the request with `Accept: text/event-stream` and reads the head of the answer.
  event_stream(std::uint16_t port, std::string_view method, std::string_view path, std::string_view body = {},
               header_pairs headers = {});

  /// 0: no answer came. Other than 200: `refusal()` has the body.
  int status() const { return answer_.status; }
  const http_answer& refusal() const { return answer_; }
  const http_answer& answer() const { return answer_; }
  /// The next event; nothing at the end of the stream, when the connection breaks, or when nothing came within the time.
  std::optional<stream_event> next(milliseconds within = patience);
  /// All further events until the end.
  std::vector<stream_event> rest(milliseconds within = patience);
  /// Whether the server ended the stream in order (not: the connection broke).
  bool complete() const { return complete_; }
  int comments() const { return comments_; }

 private:
  std::optional<std::string> line(steady_point deadline);
  bool chunk(steady_point deadline);

  wire wire_;
  http_answer answer_;
  std::string held_;
  bool complete_ = false;
  int comments_ = 0;
};

/// "METHOD /path HTTP/1.1" with Host, Content-Length (with a body) and these headers.
std::string request_text(std::string_view method, std::string_view path, std::string_view body, const header_pairs& headers);

}  // namespace mofa::test
