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

void crowd::listen(const std::function<void(listening&, steady::time_point)>& look) {
  for (auto& each : all_) {
    each.heard.clear();
    each.done = false;
  }
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
      one.heard.append(bytes, static_cast<std::size_t>(got));
      if (one.done) continue;
      look(one, steady::now());
      if (one.done) --left;
    }
  }
}

seconds crowd::await(std::string_view first, std::string_view last) {
  std::optional<steady::time_point> begun;
  steady::time_point ended{};
  listen([&](listening& one, steady::time_point now) {
    if (!begun && one.heard.find(first) != std::string::npos) begun = now;
    one.done = one.heard.find(last) != std::string::npos;
    ended = now;
  });
  if (!begun) throw unmeasurable{"many connections hear the end and not the beginning"};
  return ended - *begun;
}

std::vector<seconds> crowd::await_each(const std::vector<std::string_view>& marks) {
  struct span_of_mark {
    std::optional<steady::time_point> first;
    steady::time_point last{};
  };
  std::vector<span_of_mark> spans(marks.size());
  for (auto& each : all_) each.marks.assign(marks.size(), false);
  listen([&](listening& one, steady::time_point now) {
    one.done = true;
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (!one.marks[i] && one.heard.find(marks[i]) != std::string::npos) {
        one.marks[i] = true;
        if (!spans[i].first) spans[i].first = now;
        spans[i].last = now;
      }
      one.done = one.done && one.marks[i];
    }
  });
  std::vector<seconds> out;
  for (const auto& each : spans) out.emplace_back(each.last - *each.first);
  return out;
}

}  // namespace mofa::bench
