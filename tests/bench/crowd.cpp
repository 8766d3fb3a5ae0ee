#include "tests/bench/crowd.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "tests/bench/client.hpp"

namespace mofa::bench {

crowd::crowd(std::uint16_t port, int connections) : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  all_.resize(static_cast<std::size_t>(connections));
  for (auto& each : all_) {
    each.socket = connect_to(port);
    epoll_event want{};
    want.events = EPOLLIN;
    want.data.ptr = &each;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, each.socket, &want);
  }
}

crowd::~crowd() {
  for (const auto& each : all_) {
    if (each.socket >= 0) close(each.socket);
  }
  close(epoll_);
}

void crowd::tell(const std::string& bytes) {
  for (const auto& each : all_) {
    // Far smaller than a socket's buffer.
    if (send(each.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      throw unmeasurable{"a request of one of many connections cannot be sent"};
  }
}

seconds crowd::await(std::string_view first, std::string_view last) {
  for (auto& each : all_) {
    each.heard.clear();
    each.done = false;
  }
  std::optional<steady::time_point> begun;
  steady::time_point now{};
  std::array<epoll_event, 256> ready{};
  constexpr auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(client::longest).count();
  for (std::size_t left = all_.size(); left > 0;) {
    const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), static_cast<int>(patience));
    if (count <= 0)
      throw unmeasurable{fmt::format("{} of {} connections do not hear what they wait for", left, all_.size())};
    for (int i = 0; i < count; ++i) {
      auto& one = *static_cast<listening*>(ready[static_cast<std::size_t>(i)].data.ptr);
      char bytes[16384];
      const auto got = recv(one.socket, bytes, sizeof bytes, 0);
      if (got <= 0) throw unmeasurable{"one of many connections has ended"};
      now = steady::now();
      one.heard.append(bytes, static_cast<std::size_t>(got));
      if (!begun && one.heard.find(first) != std::string::npos) begun = now;
      if (one.done || one.heard.find(last) == std::string::npos) continue;
      one.done = true;
      --left;
    }
  }
  if (!begun) throw unmeasurable{"many connections hear the end and not the beginning"};
  return now - *begun;
}

}  // namespace mofa::bench
