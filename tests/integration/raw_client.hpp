// A client that sends bytes as they are: for tests of what a polite client would never send.
// Owned by the test; one connection to 127.0.0.1.
// Blocking, with a deadline in every function.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mofa::test {

struct raw_answer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< without its chunks
};

class raw_client {
 public:
  /// `receive_bytes`: the size of the socket's receive buffer; 0: the system's own.
  explicit raw_client(std::uint16_t port, int receive_bytes = 0);
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  ~raw_client();

  bool connected() const { return socket_ >= 0; }
  /// false when the peer does not take it.
  bool send(std::string_view bytes);
  /// The next answer, whole; nothing when the connection ends or ten seconds pass before its end. `without_body`: to HEAD.
  std::optional<raw_answer> answer(bool without_body = false);
  /// Reads the head of an answer only.
  std::optional<raw_answer> head();
  /// Reads on until the text has come; what came, or nothing when it does not come.
  std::optional<std::string> until(std::string_view text);
  /// The next bytes, exactly so many; nothing when they do not come.
  std::optional<std::string> take(std::size_t bytes);
  /// Whether the peer closes within ten seconds without sending anything more.
  bool at_end();
  void finish_sending();
  void close();

 private:
  bool more();

  int socket_ = -1;
  std::string held_;
};

/// The answer to one GET on a connection of its own.
std::optional<raw_answer> get(std::uint16_t port, std::string_view path);

}  // namespace mofa::test
