#include "tests/bench/provider.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <string_view>

namespace mofa::bench {
namespace {

constexpr std::string_view head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
constexpr std::string_view finish = R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})";

std::string chunk(std::string_view data) {
  const auto event = fmt::format("data: {}\n\n", data);
  return fmt::format("{:x}\r\n{}\r\n", event.size(), event);
}

/// Until then, or until the other side has gone.
void rest(int socket, steady::time_point until) {
  const auto left = until - steady::now();
  if (left.count() <= 0) return;
  pollfd one{socket, POLLRDHUP, 0};
  const timespec span{0, std::chrono::nanoseconds{left}.count()};
  ppoll(&one, 1, &span, nullptr);
}

/// One request with its body; false at the end of the connection.
bool read_request(int socket) {
  std::string bytes;
  std::size_t wanted = std::string::npos;
  while (bytes.size() < wanted) {
    char piece[16384];
    const auto got = recv(socket, piece, sizeof piece, 0);
    if (got <= 0) return false;
    bytes.append(piece, static_cast<std::size_t>(got));
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string::npos || wanted != std::string::npos) continue;
    constexpr std::string_view length = "Content-Length: ";
    const auto at = bytes.find(length);
    std::size_t body = 0;
    if (at < end) std::from_chars(bytes.data() + at + length.size(), bytes.data() + end, body);
    wanted = end + 4 + body;
  }
  return true;
}

}  // namespace

std::string provider::word(int number) { return fmt::format("w{:05} ", number); }

provider::provider() : thread_([this] { serve(); }) {}

provider::~provider() {
  {
    const std::lock_guard lock{guard_};
    stopped_ = true;
    door_.close();
    if (connection_ >= 0) shutdown(connection_, SHUT_RDWR);
  }
  thread_.join();
}

void provider::speak(int words, seconds gap) {
  const std::lock_guard lock{guard_};
  words_ = words;
  gap_ = gap;
}

std::vector<steady::time_point> provider::said() {
  const std::lock_guard lock{guard_};
  return said_;
}

void provider::serve() {
  for (;;) {
    const int peer = door_.accept();
    if (peer < 0) return;
    {
      const std::lock_guard lock{guard_};
      connection_ = peer;
      if (stopped_) shutdown(peer, SHUT_RDWR);
    }
    if (read_request(peer)) answer(peer);
    const std::lock_guard lock{guard_};
    connection_ = -1;
    close(peer);
  }
}

void provider::answer(int socket) {
  int words = 0;
  seconds gap{0};
  {
    const std::lock_guard lock{guard_};
    words = words_;
    gap = gap_;
  }
  std::vector<std::string> chunks;
  for (int i = 0; i < words; ++i)
    chunks.push_back(chunk(R"({"choices":[{"index":0,"delta":{"content":")" + word(i) + "\"}}]}"));
  std::vector<steady::time_point> times;
  if (!write_all(socket, head)) return;
  auto next = steady::now();
  for (const auto& bytes : chunks) {
    if (gap.count() > 0) rest(socket, next);
    next += std::chrono::duration_cast<steady::duration>(gap);
    times.push_back(steady::now());
    if (!write_all(socket, bytes)) return;
  }
  {
    const std::lock_guard lock{guard_};
    said_ = std::move(times);
  }
  write_all(socket, chunk(finish) + chunk("[DONE]") + "0\r\n\r\n");
}

}  // namespace mofa::bench
