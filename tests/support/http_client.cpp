#include "tests/support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>

namespace mofa::test {
namespace {

steady_point in(milliseconds span) { return std::chrono::steady_clock::now() + span; }

// Whether the socket is ready before the deadline.
bool ready(int socket, short what, steady_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd wait{socket, what, 0};
    const int got = ::poll(&wait, 1, static_cast<int>(std::max<milliseconds::rep>(0, left.count())));
    if (got > 0) return true;
    if (got == 0 || errno != EINTR) return false;
  }
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return out;
}

std::optional<std::size_t> size_from(std::string_view text, int base) {
  std::size_t out = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return trouble == std::errc{} && end != text.data() ? std::optional{out} : std::nullopt;
}

}  // namespace

std::string http_answer::header(std::string_view name) const {
  const auto found = headers.find(std::string{name});
  return found == headers.end() ? std::string{} : found->second;
}

std::string request_text(std::string_view method, std::string_view path, std::string_view body,
                         const header_pairs& headers) {
  std::string out;
  out.append(method).append(" ").append(path).append(" HTTP/1.1\r\n");
  const auto given = [&](std::string_view name) {
    return std::any_of(headers.begin(), headers.end(), [&](const auto& one) { return lower(one.first) == name; });
  };
  if (!given("host")) out += "Host: 127.0.0.1\r\n";
  if (!given("content-length") && (!body.empty() || method == "POST"))
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const auto& [name, value] : headers) out += name + ": " + value + "\r\n";
  out.append("\r\n").append(body);
  return out;
}

// --- wire ----------------------------------------------------------------------------------------------------------------

wire::wire(std::uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0) return;
  ::close(socket_);
  socket_ = -1;
  ended_ = true;
}

wire::~wire() {
  if (socket_ >= 0) ::close(socket_);
}

bool wire::send(std::string_view bytes, milliseconds within) {
  const auto deadline = in(within);
  while (!bytes.empty()) {
    if (socket_ < 0 || !ready(socket_, POLLOUT, deadline)) return false;
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return socket_ >= 0;
}

void wire::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool wire::more(steady_point deadline) {
  if (socket_ < 0 || ended_ || !ready(socket_, POLLIN, deadline)) return false;
  std::array<char, 64 * 1024> piece;
  const auto count = ::recv(socket_, piece.data(), piece.size(), 0);
  if (count <= 0) {
    ended_ = true;
    return false;
  }
  held_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> wire::until(std::string_view text, steady_point deadline) {
  std::size_t from = 0;
  for (;;) {
    const auto found = held_.find(text, from);
    if (found != std::string::npos) return take(found + text.size(), deadline);
    from = held_.size() < text.size() ? 0 : held_.size() - text.size() + 1;
    if (!more(deadline)) return std::nullopt;
  }
}

std::optional<std::string> wire::take(std::size_t count, steady_point deadline) {
  while (held_.size() < count) {
    if (!more(deadline)) return std::nullopt;
  }
  auto out = held_.substr(0, count);
  held_.erase(0, count);
  return out;
}

std::optional<http_answer> wire::head(steady_point deadline) {
  const auto text = until("\r\n\r\n", deadline);
  if (!text || !text->starts_with("HTTP/1.1 ") || text->size() < 12) return std::nullopt;
  http_answer out;
  out.status = std::atoi(text->c_str() + 9);
  std::string_view rest{*text};
  rest.remove_prefix(rest.find("\r\n") + 2);
  while (rest.size() > 2) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    out.headers.emplace(lower(line.substr(0, colon)), line.substr(colon + 2));
    rest.remove_prefix(line.size() + 2);
  }
  return out;
}

bool wire::body(http_answer& to, steady_point deadline) {
  if (to.status < 200 || to.status == 204 || to.status == 304) return true;
  if (to.header("transfer-encoding") == "chunked") {
    for (;;) {
      const auto line = until("\r\n", deadline);
      const auto size = line ? size_from(*line, 16) : std::nullopt;
      auto piece = size ? take(*size + 2, deadline) : std::nullopt;
      if (!piece) return false;
      if (*size == 0) return true;
      to.body += piece->substr(0, *size);
    }
  }
  if (const auto length = size_from(to.header("content-length"), 10)) {
    auto whole = take(*length, deadline);
    if (whole) to.body = std::move(*whole);
    return whole.has_value();
  }
  while (more(deadline)) {
  }
  to.body = std::exchange(held_, {});
  return ended_;
}

std::optional<http_answer> wire::answer(milliseconds within) {
  const auto deadline = in(within);
  auto out = head(deadline);
  if (out && !body(*out, deadline)) return std::nullopt;
  return out;
}

bool wire::ends(milliseconds within) { return held_.empty() && !more(in(within)) && ended_; }

// --- http_client ---------------------------------------------------------------------------------------------------------

std::optional<http_answer> http_client::request(std::string_view method, std::string_view path, std::string_view body,
                                                const header_pairs& headers, milliseconds within) {
  if (!open_) {
    open_.emplace(port_);
    ++connections_;
  }
  auto& peer = *open_;
  // A server that refuses early answers before it has read everything: what it said counts.
  const bool sent = peer.send(request_text(method, path, body, headers), within);
  auto out = peer.connected() ? peer.answer(within) : std::nullopt;
  if (!sent || !out || out->header("connection") == "close" || peer.ended()) open_.reset();
  return out;
}

// --- event_stream --------------------------------------------------------------------------------------------------------

event_stream::event_stream(std::uint16_t port, std::string_view method, std::string_view path, std::string_view body,
                           header_pairs headers)
    : wire_(port) {
  headers.emplace_back("Accept", "text/event-stream");
  const auto deadline = in(patience);
  if (!wire_.send(request_text(method, path, body, headers))) return;
  auto head = wire_.head(deadline);
  if (!head) return;
  answer_ = std::move(*head);
  if (answer_.status == 200 && answer_.header("transfer-encoding") == "chunked") return;
  if (answer_.status == 200) {
    // All of it was known at once.
    complete_ = wire_.body(answer_, deadline);
    held_ = answer_.body;
    return;
  }
  if (!wire_.body(answer_, deadline)) answer_.status = 0;
}

bool event_stream::chunk(steady_point deadline) {
  if (complete_) return false;
  const auto line = wire_.until("\r\n", deadline);
  const auto size = line ? size_from(*line, 16) : std::nullopt;
  const auto piece = size ? wire_.take(*size + 2, deadline) : std::nullopt;
  if (!piece) return false;
  complete_ = *size == 0;
  held_ += piece->substr(0, *size);
  return !complete_;
}

std::optional<std::string> event_stream::line(steady_point deadline) {
  for (;;) {
    if (const auto end = held_.find('\n'); end != std::string::npos) {
      auto out = held_.substr(0, end);
      held_.erase(0, end + 1);
      return out;
    }
    if (!chunk(deadline)) return std::nullopt;
  }
}

std::optional<stream_event> event_stream::next(milliseconds within) {
  if (answer_.status != 200) return std::nullopt;
  const auto deadline = in(within);
  stream_event out;
  while (auto got = line(deadline)) {
    if (got->empty()) {
      if (!out.text.empty()) return out;
      continue;
    }
    if (got->starts_with(":")) {
      ++comments_;
      continue;
    }
    out.text += *got + "\n";
    if (got->starts_with("id: ")) out.id = got->substr(4);
    if (got->starts_with("event: ")) out.event = got->substr(7);
    if (got->starts_with("data: ")) out.data += (out.data.empty() ? "" : "\n") + got->substr(6);
  }
  return std::nullopt;
}

std::vector<stream_event> event_stream::rest(milliseconds within) {
  const auto deadline = in(within);
  std::vector<stream_event> out;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    auto one = next(std::max(left, milliseconds{0}));
    if (!one) return out;
    out.push_back(std::move(*one));
  }
}

}  // namespace mofa::test
