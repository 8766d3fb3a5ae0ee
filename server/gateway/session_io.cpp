#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>

#include "server/gateway/session.hpp"

namespace mofa::gateway {

namespace {

// Small, because every idle connection holds a buffer of that size.
constexpr std::size_t header_read_bytes = 4 * 1024;
constexpr std::size_t body_read_bytes = 64 * 1024;
// Who sends a body more slowly than this many bytes in a header_timeout is cut off.
constexpr std::size_t body_progress_bytes = 16 * 1024;
// Bodies up to this size are copied behind their head and written with it.
constexpr std::size_t join_at_most_bytes = 4 * 1024;

}  // namespace

awaitable<result<bool>> session::read_header() {
  const auto idle = [this] { return buffer_.size() == 0 && !reader_->got_some(); };
  wait_for(phase::idle, limits().idle_timeout);
  while (true) {
    if (phase_ == phase::idle && !idle()) {
      obey_limits();
      wait_for(phase::header, limits().header_timeout);
    }
    if (buffer_.size() > 0) {
      auto parsed = parse();
      if (!parsed) co_return std::move(parsed).error();
      if (reader_->is_header_done()) co_return true;
    }
    if (idle() && shared_.draining.load(std::memory_order_relaxed)) co_return false;
    if (!co_await read_some(header_read_bytes)) co_return idle() ? result<bool>{false} : cut_off();
  }
}

awaitable<result<bool>> session::read_body() {
  wait_for(phase::body, limits().header_timeout);
  since_deadline_ = 0;
  while (true) {
    // What is in the buffer may be the part of a chunk's header that was there already: then more is needed first.
    auto parsed = parse();
    if (!parsed) co_return std::move(parsed).error();
    if (reader_->is_done()) co_return true;
    if (buffer_is_full()) co_return fail(errc::invalid_syntax, "a chunk's header or the trailers are too long");
    if (!co_await read_some(body_read_bytes)) co_return cut_off();
    if (since_deadline_ < body_progress_bytes) continue;
    wait_for(phase::body, limits().header_timeout);
    since_deadline_ = 0;
  }
}

// The peer stopped in the middle of a request.
result<bool> session::cut_off() const {
  if (timed_out_ && !aborted_) return fail(errc::timeout, "the request did not come to its end in time");
  return false;
}

// Feeds what is in the buffer to the reader.
result<bool> session::parse() {
  while (buffer_.size() > 0 && !reader_->is_done()) {
    error_code why;
    const auto used = reader_->put(buffer_.data(), why);
    buffer_.consume(used);
    if (why == boost::beast::http::error::need_more) return false;
    if (why) return reader_->explain(why);
    if (used == 0) return false;
  }
  return true;
}

awaitable<bool> session::read_some(std::size_t at_most_bytes) {
  // An end that has been read once is not told again.
  if (gone_) co_return false;
  const auto room = std::min(buffer_.max_size() - buffer_.size(), at_most_bytes);
  const auto [why, count] = co_await socket_.async_read_some(buffer_.prepare(room), as_tuple);
  buffer_.commit(count);
  since_deadline_ += count;
  co_return !why && !aborted_;
}

awaitable<bool> session::write(std::string_view body) {
  if (body.size() <= join_at_most_bytes) {
    out_ += body;
    body = {};
  }
  std::size_t done = 0;
  const std::size_t total = out_.size() + body.size();
  const auto left = [&] {
    const auto of_head = std::min(done, out_.size());
    const auto of_body = done - of_head;
    return std::array<asio::const_buffer, 2>{asio::buffer(out_) + of_head, asio::buffer(body.data(), body.size()) + of_body};
  };
  // Most answers fit into the socket's buffer: they are written at once, without a turn of the event loop.
  error_code why;
  done += socket_.write_some(left(), why);
  while (done < total && (!why || why == asio::error::would_block)) {
    wait_for(phase::writing, limits().write_timeout);
    const auto [failed, count] = co_await socket_.async_write_some(left(), as_tuple);
    done += count;
    why = failed;
  }
  deadline_ = steady::time_point::max();
  co_return done == total && !aborted_;
}

}  // namespace mofa::gateway
