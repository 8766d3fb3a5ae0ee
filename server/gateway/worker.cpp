#include "server/gateway/worker.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "server/gateway/response_head.hpp"
#include "server/gateway/session.hpp"

namespace mofa::gateway {

namespace {

// A deadline may pass unnoticed for a quarter of the shortest timeout.
milliseconds tick_of(const rules& limits, milliseconds comment_every) {
  const auto shortest = std::min({limits.header_timeout, limits.idle_timeout, limits.write_timeout, comment_every});
  return std::clamp(shortest / 4, milliseconds{5}, milliseconds{250});
}

}  // namespace

worker::worker(shared& common) : shared_(common) { refresh_head(); }

worker::~worker() { stop(); }

void worker::start() {
  asio::co_spawn(io_, tick(), asio::detached);
  thread_ = std::thread{[this] { io_.run(); }};
}

void worker::adopt(socket peer) {
  auto made = std::make_shared<session>(*this, std::move(peer));
  asio::co_spawn(io_, session::run(std::move(made)), asio::detached);
}

void worker::drain() {
  asio::post(io_, [this] {
    for (auto* each : sessions_) each->drain();
  });
}

void worker::stop() {
  if (thread_.joinable()) {
    asio::post(io_, [this] {
      stopping_ = true;
      clock_tick_.cancel();
      work_.reset();
      for (auto* each : sessions_) each->abort();
    });
    thread_.join();
  }
  mailbox_->close();
}

const house& worker::house_now() {
  // Read before the house: a change in between is found the next time.
  if (const auto newest = shared_.generation(); newest != house_generation_) {
    house_ = shared_.newest_house();
    house_generation_ = newest;
  }
  return *house_;
}

void worker::enter(session& who) {
  who.place = sessions_.size();
  sessions_.push_back(&who);
}

void worker::leave(session& who) {
  sessions_[who.place] = sessions_.back();
  sessions_[who.place]->place = who.place;
  sessions_.pop_back();
}

void worker::refresh_head() {
  const auto now = shared_.now.now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second == head_at_) return;
  head_at_ = second;
  constant_head_ = date_line(now);
  if (!shared_.settings.server_name.empty()) constant_head_ += "Server: " + shared_.settings.server_name + "\r\n";
}

awaitable<void> worker::tick() {
  while (!stopping_) {
    clock_tick_.expires_after(tick_of(house_now().limits, shared_.settings.stream_comment_every));
    co_await clock_tick_.async_wait(as_tuple);
    refresh_head();
    if (const auto& rules_now = house_now(); std::exchange(told_generation_, house_generation_) != house_generation_)
      for (auto* each : sessions_) each->follow(rules_now);
    const auto now = steady::now();
    for (auto* each : sessions_) each->sweep(now);
  }
}

}  // namespace mofa::gateway
