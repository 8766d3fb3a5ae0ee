// A WebSocket client that sends frames as it is told to, also such as no polite client would send.
// Owned by the test; one connection to 127.0.0.1.
// Blocking, with a deadline in every function.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/integration/raw_client.hpp"

namespace mofa::test {

/// A whole message, or a control frame (RFC 6455, section 5.2).
struct websocket_message {
  enum : int { text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
  int opcode = 0;
  std::string payload;
};

class websocket_client {
 public:
  /// Sends the handshake; `headers`: further lines, each with its line break.
  explicit websocket_client(std::uint16_t port, std::string_view headers = {}, int receive_bytes = 0);

  /// The answer to the handshake.
  const std::optional<raw_answer>& answer() const { return answer_; }
  /// 101, with the proof that the key was read.
  bool is_open() const;

  bool say(std::string_view text) { return frame(websocket_message::text, text); }
  bool frame(int opcode, std::string_view payload, bool last = true, bool masked = true);
  /// The next message or control frame; nothing when the connection ends or ten seconds pass.
  std::optional<websocket_message> next();
  /// The next text message as JSON, pings answered and skipped; null when none comes.
  nlohmann::json hear();
  /// Reads on until the server says goodbye; its code.
  std::optional<int> goodbye();
  raw_client& connection() { return peer_; }

 private:
  raw_client peer_;
  std::optional<raw_answer> answer_;
};

/// The request line and headers of a handshake, with the key of the RFC's example.
std::string handshake(std::string_view headers = {}, std::string_view path = "/api/v1/ws");

}  // namespace mofa::test
