#include "tests/integration/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

namespace mofa::test {

namespace {

constexpr int patience_ms = 10'000;

}  // namespace

raw_client::raw_client(std::uint16_t port, int receive_bytes) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_bytes > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  timeval patience{patience_ms / 1000, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) close();
}

raw_client::~raw_client() { close(); }

void raw_client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void raw_client::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool raw_client::more() {
  pollfd wait{socket_, POLLIN, 0};
  if (socket_ < 0 || ::poll(&wait, 1, patience_ms) != 1) return false;
  std::array<char, 64 * 1024> piece;
  const auto count = ::recv(socket_, piece.data(), piece.size(), 0);
  if (count <= 0) return false;
  held_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> raw_client::until(std::string_view text) {
  std::size_t from = 0;
  while (true) {
    const auto found = held_.find(text, from);
    if (found != std::string::npos) {
      auto out = held_.substr(0, found + text.size());
      held_.erase(0, out.size());
      return out;
    }
    from = held_.size() < text.size() ? 0 : held_.size() - text.size();
    if (!more()) return std::nullopt;
  }
}

std::optional<std::string> raw_client::take(std::size_t bytes) {
  while (held_.size() < bytes) {
    if (!more()) return std::nullopt;
  }
  auto out = held_.substr(0, bytes);
  held_.erase(0, bytes);
  return out;
}

bool raw_client::at_end() {
  if (!held_.empty()) return false;
  pollfd wait{socket_, POLLIN, 0};
  if (::poll(&wait, 1, patience_ms) != 1) return false;
  char one = 0;
  return ::recv(socket_, &one, 1, 0) <= 0;
}

std::optional<raw_answer> raw_client::head() {
  const auto text = until("\r\n\r\n");
  if (!text || text->size() < 12) return std::nullopt;
  raw_answer out;
  out.status = std::atoi(text->c_str() + 9);
  std::string_view rest{*text};
  rest.remove_prefix(rest.find("\r\n") + 2);
  while (rest.size() > 2) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string name{line.substr(0, colon)};
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    out.headers.emplace(std::move(name), line.substr(std::min(colon + 2, line.size())));
    rest.remove_prefix(line.size() + 2);
  }
  return out;
}

std::optional<raw_answer> raw_client::answer(bool without_body) {
  auto out = head();
  if (!out || without_body || out->status == 204 || out->status < 200) return out;
  if (out->headers.contains("transfer-encoding")) {
    while (true) {
      const auto line = until("\r\n");
      if (!line) return std::nullopt;
      const auto size = std::strtoul(line->c_str(), nullptr, 16);
      while (held_.size() < size + 2) {
        if (!more()) return std::nullopt;
      }
      out->body += held_.substr(0, size);
      held_.erase(0, size + 2);
      if (size == 0) return out;
    }
  }
  const auto length = out->headers.find("content-length");
  if (length == out->headers.end()) {
    while (more()) {
    }
    out->body = std::exchange(held_, {});
    return out;
  }
  const auto size = std::strtoul(length->second.c_str(), nullptr, 10);
  while (held_.size() < size) {
    if (!more()) return std::nullopt;
  }
  out->body = held_.substr(0, size);
  held_.erase(0, size);
  return out;
}

std::optional<raw_answer> get(std::uint16_t port, std::string_view path) {
  raw_client client{port};
  if (!client.send("GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
    return std::nullopt;
  return client.answer();
}

}  // namespace mofa::test
