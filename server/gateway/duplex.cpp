#include "server/gateway/duplex.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "server/gateway/spare.hpp"

namespace mofa::gateway {

namespace {

namespace beast = boost::beast;
namespace ws = boost::beast::websocket;

// Messages are cut into frames of this size: the write timeout is for one of them, and a close needs to await only one.
constexpr std::size_t piece_bytes = 64 * 1024;
// What a peer has for the end of the closing handshake, and a slow one to take what is on its way already.
constexpr milliseconds farewell{5'000};

// A label of metrics.
std::string_view label_of(const error_code& why) {
  if (why == ws::error::closed) return "client";
  if (why == beast::error::timeout) return "idle";
  if (why == asio::error::operation_aborted) return "stopped";  // nobody but abort() closes the socket under a read
  if (why == ws::error::message_too_big || why == ws::error::buffer_overflow) return "too_big";
  if (why == ws::condition::protocol_violation || why == ws::error::bad_frame_payload) return "protocol";
  return "gone";
}

}  // namespace

duplex::duplex(socket& peer, shared& common, const rules& limits, std::shared_ptr<bell> session, steady::time_point& due)
    : socket_(peer),
      shared_(common),
      write_timeout_(limits.write_timeout),
      bell_(std::move(session)),
      due_(due),
      stream_(peer) {
  ws::stream_base::timeout patience{};
  patience.handshake_timeout = farewell;
  patience.idle_timeout = limits.idle_timeout;
  patience.keep_alive_pings = true;
  stream_.set_option(patience);
  stream_.read_message_max(limits.body_bytes);
  stream_.auto_fragment(false);
  stream_.text(true);
}

awaitable<bool> duplex::accept(const http::upgrade& what, std::string_view request_id) {
  // The door and the handler have read the request; Beast wants one of its own.
  beast::http::request<beast::http::empty_body> ask{beast::http::verb::get, "/", 11};
  ask.set(beast::http::field::host, "-");
  ask.set(beast::http::field::upgrade, "websocket");
  ask.set(beast::http::field::connection, "Upgrade");
  ask.set(beast::http::field::sec_websocket_version, "13");
  ask.set(beast::http::field::sec_websocket_key, what.key);
  stream_.set_option(ws::stream_base::decorator{[&](ws::response_type& answer) {
    if (!shared_.settings.server_name.empty()) answer.set(beast::http::field::server, shared_.settings.server_name);
    answer.set("X-Request-Id", beast::string_view{request_id.data(), request_id.size()});
  }});
  const auto [why] = co_await stream_.async_accept(ask, as_tuple);
  co_return !why;
}

template <class F>
void duplex::guarded(F&& what) {
  try {
    what();
  } catch (const std::exception& why) {
    shared_.events.failure(std::string{"websocket: "} + why.what());
    end("failed");
    cut();
  }
}

void duplex::begin(std::shared_ptr<http::dialogue> with) {
  with_ = std::move(with);
  guarded([this] { step(); });
}

void duplex::look(bool aborted) {
  guarded([this, aborted] { look_now(aborted); });
}

void duplex::look_now(bool aborted) {
  const auto now = steady::now();
  due_ = std::min(writing_ ? write_due_ : steady::time_point::max(), close_due_);
  if (aborted) {
    end("stopped");
    return cut();
  }
  if (now >= close_due_) return cut();
  if (shared_.draining.load(std::memory_order_relaxed)) close(close_code::going_away, "draining");
  const bool stuck = writing_ && now >= write_due_;
  if (stuck || (!ended_ && with_->overrun())) close(close_code::try_again_later, "slow");
  step();
}

void duplex::step() {
  if (ended_) return;
  read();
  write();
  if (const auto count = with_->frames_dropped(); count > 0) shared_.events.frames_dropped(count);
}

void duplex::read() {
  if (reading_ || ended_ || !with_->listens()) return;
  reading_ = true;
  stream_.async_read(in_, [this](error_code why, std::size_t) {
    reading_ = false;
    guarded([this, &why] { on_read(why); });
  });
}

void duplex::on_read(const error_code& why) {
  if (why) return lose(why);
  if (ended_) return bell_->ring();
  if (!stream_.got_text()) return close(close_code::unknown_data, "binary");
  shared_.events.websocket_message("in");
  const auto bytes = in_.data();
  with_->hear({static_cast<const char*>(bytes.data()), bytes.size()});
  in_.consume(in_.size());
  if (in_.capacity() > keep_capacity_bytes) in_.shrink_to_fit();
  step();
}

void duplex::write() {
  if (writing_ || ended_) return;
  if (left_.empty()) {
    auto next = with_->say();
    if (!next) {
      spare(out_);
      return;
    }
    out_ = *std::move(next);
    left_ = out_;
    shared_.events.websocket_message("out");
  }
  const auto piece = left_.substr(0, piece_bytes);
  left_.remove_prefix(piece.size());
  writing_ = true;
  write_due_ = steady::now() + write_timeout_;
  due_ = std::min(due_, write_due_);
  stream_.async_write_some(left_.empty(), asio::buffer(piece.data(), piece.size()), [this](error_code why, std::size_t) {
    writing_ = false;
    guarded([this, &why] { on_write(why); });
  });
}

void duplex::on_write(const error_code& why) {
  if (why) return lose(why);
  if (!ended_) return step();
  send_close();
}

void duplex::close(close_code code, std::string_view label) {
  if (ended_) return;
  goodbye_ = code;
  end(label);
  close_due_ = steady::now() + farewell;
  due_ = close_due_;
  // A frame that is half written would swallow the close.
  if (!writing_) send_close();
}

void duplex::send_close() {
  if (closing_ || cut_) return;
  closing_ = true;
  stream_.async_close(goodbye_, [this](error_code) {
    closing_ = false;
    cut();
  });
}

void duplex::lose(const error_code& why) {
  end(label_of(why));
  // While the closing handshake is in flight its end comes by itself.
  if (!closing_) cut();
  bell_->ring();
}

void duplex::end(std::string_view label) {
  if (std::exchange(ended_, true)) return;
  shared_.events.websocket_closed(label);
  with_->end();
}

void duplex::cut() {
  cut_ = true;
  error_code ignored;
  socket_.shutdown(socket::shutdown_send, ignored);
  socket_.close(ignored);
  bell_->ring();
}

}  // namespace mofa::gateway
