#include "server/app/client/loop.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace mofa::app::client {
namespace {

constexpr std::chrono::milliseconds tick_every{100};

bool is_readable(const pollfd& from) { return (from.revents & (POLLIN | POLLHUP | POLLERR)) != 0; }

}  // namespace

result<std::unique_ptr<loop>> loop::open() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  const int bell = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int signals = ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
  if (bell < 0 || signals < 0) {
    if (bell >= 0) ::close(bell);
    return fail(errc::io, "no descriptors are left");
  }
  return std::unique_ptr<loop>{new loop{bell, signals}};
}

loop::~loop() {
  ::close(bell_);
  ::close(signals_);
}

void loop::post(callback<void()> what) {
  {
    const std::lock_guard lock{guard_};
    posted_.push_back(std::move(what));
  }
  const std::uint64_t one = 1;
  // The counter of the bell cannot be full before all posts of a lifetime have been made.
  [[maybe_unused]] const auto rung = ::write(bell_, &one, sizeof one);
}

void loop::run_posted() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(bell_, &count, sizeof count);
  std::vector<callback<void()>> all;
  {
    const std::lock_guard lock{guard_};
    all.swap(posted_);
  }
  for (auto& each : all) each();
}

bool loop::interrupted() {
  signalfd_siginfo what{};
  return ::read(signals_, &what, sizeof what) == sizeof what;
}

loop::woken loop::run_until(const std::function<bool()>& done, std::optional<moment> until) {
  for (;;) {
    run_posted();
    // First: under a flood of answers there is always something done.
    if (interrupted()) return woken::interrupted;
    if (done()) return woken::done;
    auto wait = tick_ ? tick_every : std::chrono::milliseconds{60'000};
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - std::chrono::steady_clock::now());
      if (left.count() <= 0) return woken::late;
      wait = std::min(wait, left);
    }
    std::array<pollfd, 2> both{{{bell_, POLLIN, 0}, {signals_, POLLIN, 0}}};
    if (::poll(both.data(), both.size(), static_cast<int>(wait.count())) == 0 && tick_) tick_();
  }
}

loop::typed loop::read_line(std::string& text) {
  for (;;) {
    const auto end = held_.find('\n');
    if (end != std::string::npos || (input_over_ && !held_.empty())) {
      text = held_.substr(0, end);
      held_.erase(0, end == std::string::npos ? held_.size() : end + 1);
      return typed::line;
    }
    if (input_over_) return typed::end;
    std::array<pollfd, 2> both{{{STDIN_FILENO, POLLIN, 0}, {signals_, POLLIN, 0}}};
    if (::poll(both.data(), both.size(), -1) < 0 && errno != EINTR) return typed::end;
    if (interrupted()) return typed::interrupted;
    if (!is_readable(both[0])) continue;
    std::array<char, 4096> piece{};
    const auto count = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (count <= 0)
      input_over_ = true;
    else
      held_.append(piece.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace mofa::app::client
