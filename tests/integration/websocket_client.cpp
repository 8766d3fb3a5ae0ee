#include "tests/integration/websocket_client.hpp"

#include <array>

namespace mofa::test {

namespace {

// What the key of the RFC's example must be answered with (RFC 6455, section 1.3).
constexpr std::string_view proof = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::array<char, 4> mask{'\x12', '\x34', '\x56', '\x78'};

std::string size_of(std::size_t bytes, bool masked) {
  std::string out;
  const int bit = masked ? 0x80 : 0;
  const int wide = bytes < 126 ? 0 : bytes < 65536 ? 2 : 8;
  out += static_cast<char>(bit | (wide == 0 ? static_cast<int>(bytes) : wide == 2 ? 126 : 127));
  for (int i = wide - 1; i >= 0; --i) out += static_cast<char>(bytes >> (8 * i) & 0xff);
  return out;
}

std::size_t number_of(std::string_view bytes) {
  std::size_t out = 0;
  for (const char c : bytes) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

std::string handshake(std::string_view headers, std::string_view path) {
  return "GET " + std::string{path} +
         " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
         std::string{headers} + "\r\n";
}

websocket_client::websocket_client(std::uint16_t port, std::string_view headers, int receive_bytes)
    : peer_(port, receive_bytes) {
  if (peer_.send(handshake(headers))) answer_ = peer_.head();
}

bool websocket_client::is_open() const {
  if (!answer_ || answer_->status != 101) return false;
  const auto found = answer_->headers.find("sec-websocket-accept");
  return found != answer_->headers.end() && found->second == proof;
}

bool websocket_client::frame(int opcode, std::string_view payload, bool last, bool masked) {
  std::string out;
  out += static_cast<char>((last ? 0x80 : 0) | opcode);
  out += size_of(payload.size(), masked);
  if (masked) out.append(mask.data(), mask.size());
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += masked ? static_cast<char>(payload[i] ^ mask[i % mask.size()]) : payload[i];
  return peer_.send(out);
}

std::optional<websocket_message> websocket_client::next() {
  websocket_message out;
  while (true) {
    const auto head = peer_.take(2);
    if (!head) return std::nullopt;
    const int opcode = (*head)[0] & 0x0f;
    auto size = static_cast<std::size_t>((*head)[1] & 0x7f);
    if (size >= 126) {
      const auto wide = peer_.take(size == 126 ? 2 : 8);
      if (!wide) return std::nullopt;
      size = number_of(*wide);
    }
    auto payload = peer_.take(size);
    if (!payload) return std::nullopt;
    // A control frame may come between the pieces of a message; here it cuts that short.
    if (opcode >= websocket_message::close) return websocket_message{opcode, std::move(*payload)};
    if (opcode != 0) out.opcode = opcode;
    out.payload += *payload;
    if (((*head)[0] & 0x80) != 0) return out;
  }
}

nlohmann::json websocket_client::hear() {
  while (const auto got = next()) {
    if (got->opcode == websocket_message::text) return nlohmann::json::parse(got->payload, nullptr, false);
    if (got->opcode != websocket_message::ping || !frame(websocket_message::pong, got->payload)) break;
  }
  return nullptr;
}

std::optional<int> websocket_client::goodbye() {
  while (const auto got = next()) {
    if (got->opcode == websocket_message::close)
      return got->payload.size() < 2 ? 1005 : static_cast<int>(number_of(got->payload.substr(0, 2)));
  }
  return std::nullopt;
}

}  // namespace mofa::test
