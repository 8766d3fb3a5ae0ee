#include "tests/bench/client.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace mofa::bench {
namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";

template <class Number>
Number number_at(std::string_view text) {
  Number out{};
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

std::string request_bytes(std::string_view path, std::string_view body, std::string_view headers) {
  if (body.empty()) return fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n", path, headers);
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}", path,
      body.size(), headers, body);
}

answer_head read_head(std::string_view bytes) {
  const auto end = bytes.find(end_of_head);
  if (end == std::string_view::npos) return {};
  const auto head = bytes.substr(0, end);
  if (!head.starts_with("HTTP/1.1 ")) throw unmeasurable{"an answer is not HTTP/1.1"};
  answer_head out;
  out.status = number_at<int>(head.substr(9));
  out.head_bytes = end + end_of_head.size();
  constexpr std::string_view length = "\r\nContent-Length: ";
  const auto at = head.find(length);
  if (at == std::string_view::npos && out.status != 204) throw unmeasurable{"an answer has no Content-Length"};
  if (at != std::string_view::npos) out.body_bytes = number_at<std::size_t>(head.substr(at + length.size()));
  return out;
}

int connect_to(std::uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (made < 0 || connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    const std::string why = std::strerror(errno);
    if (made >= 0) close(made);
    throw unmeasurable{fmt::format("no connection to 127.0.0.1:{}: {}", port, why)};
  }
  const int on = 1;
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return made;
}

client::client(std::uint16_t port) : socket_(connect_to(port)) {
  const timeval limit{static_cast<time_t>(longest.count()), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

client::~client() { close(socket_); }

void client::send(const std::string& request) {
  for (std::string_view rest = request; !rest.empty();) {
    const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw unmeasurable{"a request cannot be sent: " + std::string{std::strerror(errno)}};
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void client::receive() {
  char bytes[16384];
  const auto got = recv(socket_, bytes, sizeof bytes, 0);
  if (got == 0) throw unmeasurable{"the server closed a connection in mid-answer"};
  if (got < 0) throw unmeasurable{"an answer does not come: " + std::string{std::strerror(errno)}};
  bytes_.append(bytes, static_cast<std::size_t>(got));
}

std::string client::ask(const std::string& request, int status) {
  send(request);
  answer_head head;
  while (head.status == 0 || bytes_.size() < head.size()) {
    receive();
    if (head.status == 0) head = read_head(bytes_);
  }
  auto body = bytes_.substr(head.head_bytes, head.body_bytes);
  bytes_.erase(0, head.size());
  if (head.status != status)
    throw unmeasurable{
        fmt::format("{} answers {}: {}", request.substr(0, request.find('\r')), head.status, body.substr(0, 300))};
  return body;
}

seconds client::time_until(const std::string& request, std::string_view mark) {
  const auto from = steady::now();
  send(request);
  while (bytes_.find(mark) == std::string::npos) receive();
  return steady::now() - from;
}

void client::follow(const std::string& request, const std::function<std::size_t(std::string_view)>& use) {
  send(request);
  for (;;) {
    receive();
    const auto used = use(bytes_);
    if (used == enough) return;
    bytes_.erase(0, used);
  }
}

}  // namespace mofa::bench
