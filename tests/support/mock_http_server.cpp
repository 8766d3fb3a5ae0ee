#include "tests/support/mock_http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace mofa::test {
namespace {

using steady = std::chrono::steady_clock;

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

mock_request read_head(std::string_view head) {
  mock_request out;
  auto line = head.substr(0, head.find("\r\n"));
  const auto space = line.find(' ');
  out.method = line.substr(0, space);
  line.remove_prefix(space == line.npos ? line.size() : space + 1);
  out.target = line.substr(0, line.find(' '));
  for (auto at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
    const auto each = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const auto colon = each.find(':');
    if (colon == each.npos) continue;
    const auto value = each.find_first_not_of(' ', colon + 1);
    out.headers.emplace_back(each.substr(0, colon), value == each.npos ? "" : each.substr(value));
  }
  return out;
}

}  // namespace

std::string mock_request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (lower(key) == lower(name)) return value;
  }
  return {};
}

bool mock_peer::read_more(std::chrono::milliseconds within) {
  pollfd each{socket_, POLLIN, 0};
  if (poll(&each, 1, static_cast<int>(within.count())) != 1) return false;
  std::array<char, 16 * 1024> bytes;
  const auto count = recv(socket_, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<mock_request> mock_peer::read_request() {
  auto end = buffer_.find("\r\n\r\n");
  for (; end == buffer_.npos; end = buffer_.find("\r\n\r\n")) {
    if (!read_more(patience)) return std::nullopt;
  }
  auto out = read_head(std::string_view{buffer_}.substr(0, end));
  buffer_.erase(0, end + 4);
  const auto length = static_cast<std::size_t>(std::strtoull(out.header("content-length").c_str(), nullptr, 10));
  while (buffer_.size() < length) {
    if (!read_more(patience)) return std::nullopt;
  }
  out.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return out;
}

bool mock_peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool mock_peer::wait_closed(std::chrono::milliseconds within) {
  const auto deadline = steady::now() + within;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady::now());
    if (left.count() <= 0) return false;
    pollfd each{socket_, POLLIN, 0};
    if (poll(&each, 1, static_cast<int>(left.count())) != 1) continue;
    std::array<char, 16 * 1024> bytes;
    if (recv(socket_, bytes.data(), bytes.size(), 0) <= 0) return true;
  }
}

mock_http_server::mock_http_server(script each_connection) : script_(std::move(each_connection)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  if (listener_ < 0 || bind(listener_, reinterpret_cast<const sockaddr*>(&name), size) != 0 || listen(listener_, 512) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(name.sin_port);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

mock_http_server::~mock_http_server() {
  // Ends accept().
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  {
    const std::lock_guard lock{guard_};
    for (const int each : sockets_) shutdown(each, SHUT_RDWR);
  }
  for (auto& each : threads_) each.join();
}

std::string mock_http_server::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string{path};
}

void mock_http_server::accept_all() {
  for (;;) {
    const int taken = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (taken < 0) return;
    const int yes = 1;
    setsockopt(taken, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const int index = accepted_++;
    const std::lock_guard lock{guard_};
    sockets_.push_back(taken);
    threads_.emplace_back([this, taken, index] {
      mock_peer peer{taken, index};
      script_(peer);
      const std::lock_guard closing{guard_};
      std::erase(sockets_, taken);
      close(taken);
    });
  }
}

std::string mock_answer(int status, std::string_view body, std::string_view headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n" + std::string{headers} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::string mock_chunked_head(int status, std::string_view headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n" + std::string{headers} +
         "Transfer-Encoding: chunked\r\n\r\n";
}

std::string mock_chunk(std::string_view bytes) {
  std::string out;
  for (auto rest = bytes.size(); rest > 0; rest /= 16) out.insert(out.begin(), "0123456789abcdef"[rest % 16]);
  return (out.empty() ? "0" : out) + "\r\n" + std::string{bytes} + "\r\n";
}

}  // namespace mofa::test
