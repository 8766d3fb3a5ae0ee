#include "server/gateway/session.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace mofa::gateway {

namespace {

// Most answers are there before that, and their requests do without a read that would only be canceled again.
constexpr milliseconds watch_after{100};
constexpr std::size_t watch_read_bytes = 4 * 1024;

}  // namespace

std::shared_ptr<exchange> session::asked(const std::function<void(http::responder)>& what) {
  auto out = std::make_shared<exchange>(bell_);
  try {
    what(responder_for(out));
  } catch (const std::exception& why) {
    shared_.events.failure("handler of " + std::string{pattern_} + ": " + why.what());
  }
  return out;
}

awaitable<std::shared_ptr<exchange>> session::wait_long(http::long_wait what, admission::slot& held) {
  auto out = asked([&](http::responder to) { what.begin(std::move(to)); });
  const std::function<bool()> settled = [&] { return out->settled(); };
  const std::function<bool()> settled_or_ending = [&] { return out->settled() || shared_.ending.load(); };
  if (!co_await stay_until(settled_or_ending, &held)) co_return nullptr;
  if (settled()) co_return out;
  // What was begun has nobody to answer any more.
  out = asked([&](http::responder to) { what.cut_short(std::move(to)); });
  if (!co_await stay_until(settled, &held)) co_return nullptr;
  co_return out;
}

awaitable<bool> session::stay_until(const std::function<bool()>& there, admission::slot* held) {
  bell_due_ = watching_ ? steady::time_point::max() : started_ + watch_after;
  if (gone_) bell_->ring();  // that it has gone was told before, and will not be told again
  while (!there()) {
    if (!watching_ && steady::now() >= bell_due_) {
      bell_due_ = steady::time_point::max();
      watch_peer();
    }
    co_await bell_->sleep();
    if (!is_over(held)) continue;
    bell_due_ = steady::time_point::max();
    finished(499);
    co_return false;
  }
  bell_due_ = steady::time_point::max();
  co_return true;
}

// TCP does not tell a client that has closed from one that has only finished sending and reads on. The latter is rare: it
// may wait, but not for as long as an agent may work, and nobody else is kept out by it.
bool session::is_over(admission::slot* held) {
  if (aborted_) return true;
  if (!gone_) return false;
  if (reset_ || held == nullptr || shared_.draining.load(std::memory_order_relaxed)) return true;
  if (bell_due_ == steady::time_point::max()) {
    held->leave();
    bell_due_ = steady::now() + shared_.settings.half_closed_wait;
  }
  return steady::now() >= bell_due_;
}

// Reads while something else is done: the only way to learn that the peer has gone. What it sends is kept for the next
// request; when there is no room for more, its end goes unnoticed.
void session::watch_peer() {
  watching_ = true;
  const auto room = buffer_.max_size() - buffer_.size();
  if (reading_ || room == 0) return;
  reading_ = true;
  socket_.async_read_some(buffer_.prepare(std::min(room, watch_read_bytes)),
                          [self = shared_from_this()](error_code why, std::size_t count) {
                            self->reading_ = false;
                            self->buffer_.commit(count);
                            if (why && why != asio::error::operation_aborted) {
                              self->gone_ = true;
                              self->reset_ = why != asio::error::eof;
                            }
                            // It may have been stopped when this read was done already.
                            if (!why && self->watching_) self->watch_peer();
                            if (!self->reading_) self->bell_->ring();
                          });
}

awaitable<void> session::stop_watching() {
  bell_due_ = steady::time_point::max();
  watching_ = false;
  error_code ignored;
  if (reading_) socket_.cancel(ignored);
  while (reading_) co_await bell_->sleep();
}

}  // namespace mofa::gateway
