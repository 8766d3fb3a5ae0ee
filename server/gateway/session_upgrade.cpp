#include "protocols/http/problem.hpp"
#include "server/gateway/duplex.hpp"
#include "server/gateway/session.hpp"

namespace mofa::gateway {

awaitable<bool> session::upgrade(http::upgrade what) {
  if (watching_) co_await stop_watching();
  if (http_1_0_ || head_only_ || buffer_.size() > 0) {
    keep_alive_ = false;
    const auto why = fail(errc::invalid_syntax, "a WebSocket begins with GET, in HTTP/1.1, and nothing behind it");
    co_return co_await reply(http::problem(why, path_, request_id_));
  }
  buffer_.shrink_to_fit();
  duplex line{socket_, shared_, limits(), bell_, bell_due_};
  wait_for(phase::writing, limits().write_timeout);
  const bool accepted = co_await line.accept(what, request_id_);
  wait_for(phase::streaming, milliseconds::max());
  finished(accepted ? 101 : 499);
  if (!accepted) co_return false;
  shared_.events.websocket_opened();
  line.begin(what.open([bell = bell_] { bell->ring(); }));
  line.look(aborted_);
  while (!line.over()) {
    co_await bell_->sleep();
    line.look(aborted_);
  }
  bell_due_ = steady::time_point::max();
  co_return false;
}

}  // namespace mofa::gateway
