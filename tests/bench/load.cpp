#include "tests/bench/load.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <thread>

#include "tests/bench/client.hpp"

namespace mofa::bench {
namespace {

struct connection {
  explicit connection(std::uint16_t port) : socket(connect_to(port)) {}
  ~connection() { close(socket); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  int socket;
  std::string bytes;
  answer_head head;
  steady::time_point asked;
};

/// One thread's share.
class share {
 public:
  share(const load& what, int connections, std::atomic<std::int64_t>& left, steady::time_point until)
      : what_(what), left_(left), until_(until), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (int i = 0; i < connections; ++i) {
      auto& made = *all_.emplace_back(std::make_unique<connection>(what.port));
      epoll_event want{};
      want.events = EPOLLIN;
      want.data.ptr = &made;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, made.socket, &want);
    }
  }
  ~share() { close(epoll_); }
  share(const share&) = delete;
  share& operator=(const share&) = delete;

  void work() {
    for (auto& each : all_) ask(*each);
    std::array<epoll_event, 64> ready{};
    constexpr auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(client::longest).count();
    while (open_ > 0) {
      const int count = epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), static_cast<int>(patience));
      if (count <= 0) throw unmeasurable{"the server does not answer under load"};
      for (int i = 0; i < count; ++i) read(*static_cast<connection*>(ready[static_cast<std::size_t>(i)].data.ptr));
    }
  }

  std::vector<double> times;

 private:
  void ask(connection& from) {
    from.asked = steady::now();
    const bool over = what_.span.count() > 0 ? from.asked >= until_ : left_.fetch_sub(1) <= 0;
    if (over) return;
    // A request is far smaller than a socket's buffer, and the one before it is answered.
    const auto sent = send(from.socket, what_.request.data(), what_.request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(what_.request.size())) throw unmeasurable{"a request cannot be sent under load"};
    ++open_;
  }

  void read(connection& from) {
    char bytes[16384];
    const auto got = recv(from.socket, bytes, sizeof bytes, 0);
    if (got <= 0) throw unmeasurable{"the server closed a connection under load"};
    from.bytes.append(bytes, static_cast<std::size_t>(got));
    if (from.head.status == 0) from.head = read_head(from.bytes);
    if (from.head.status == 0 || from.bytes.size() < from.head.size()) return;
    if (from.head.status != what_.status)
      throw unmeasurable{fmt::format("status {} instead of {} under load: {}", from.head.status, what_.status,
                                     from.bytes.substr(from.head.head_bytes, 300))};
    times.push_back(seconds{steady::now() - from.asked}.count());
    from.bytes.clear();
    from.head = {};
    --open_;
    ask(from);
  }

  const load& what_;
  std::atomic<std::int64_t>& left_;
  const steady::time_point until_;
  const int epoll_;
  int open_ = 0;  ///< requests without an answer
  std::vector<std::unique_ptr<connection>> all_;
};

}  // namespace

load_result run(const load& what) {
  std::atomic<std::int64_t> left{what.requests};
  const int threads = std::clamp(what.threads, 1, what.connections);
  const auto from = steady::now();
  const auto until = from + std::chrono::duration_cast<steady::duration>(what.span);
  std::vector<std::unique_ptr<share>> shares;
  for (int i = 0; i < threads; ++i) {
    const int connections = what.connections / threads + (i < what.connections % threads ? 1 : 0);
    shares.push_back(std::make_unique<share>(what, connections, left, until));
  }
  std::vector<std::exception_ptr> failures(shares.size());
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    running.emplace_back([&one = *shares[i], &failure = failures[i]] {
      try {
        one.work();
      } catch (...) {
        failure = std::current_exception();
      }
    });
  }
  for (auto& each : running) each.join();
  const seconds took = steady::now() - from;
  for (const auto& each : failures) {
    if (each) std::rethrow_exception(each);
  }
  load_result out;
  for (const auto& each : shares) out.times.insert(out.times.end(), each->times.begin(), each->times.end());
  out.per_second = static_cast<double>(out.times.size()) / took.count();
  return out;
}

}  // namespace mofa::bench
