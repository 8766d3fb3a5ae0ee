// The duplex: a connection that has become a WebSocket (RFC 6455), between the socket and a dialogue.
// Owned by the session while it lasts; one read and one write are in flight.
// Lives on the session's thread; the session calls look() whenever its bell has rung.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/http/dialogue.hpp"
#include "server/gateway/asio.hpp"
#include "server/gateway/bell.hpp"
#include "server/gateway/shared.hpp"

namespace mofa::gateway {

class duplex {
 public:
  /// `limits`: those of its whole life. `due`: when look() is wanted at the latest; the session's, and read by its sweep.
  duplex(socket& peer, shared& common, const rules& limits, std::shared_ptr<bell> session, steady::time_point& due);

  /// Answers 101; false when the peer is gone. `extra`: further headers.
  awaitable<bool> accept(const http::upgrade& what, std::string_view request_id);
  /// Begins to read and to write.
  void begin(std::shared_ptr<http::dialogue> with);
  /// Goes on with what can go on, and closes what must be closed.
  void look(bool aborted);
  /// Nothing is in flight any more, and nothing will be.
  bool over() const { return cut_ && !reading_ && !writing_ && !closing_; }

 private:
  using stream = boost::beast::websocket::stream<socket&, false>;
  using close_code = boost::beast::websocket::close_code;

  /// Runs it; what it throws ends the connection, for handlers hold on to this object until they have run.
  template <class F>
  void guarded(F&& what);
  void look_now(bool aborted);
  void step();
  void read();
  void on_read(const error_code& why);
  void write();
  void on_write(const error_code& why);
  /// The server wants to end it; `label` is for the probe.
  void close(close_code code, std::string_view label);
  void send_close();
  /// The connection has broken or ended.
  void lose(const error_code& why);
  void end(std::string_view label);
  void cut();

  socket& socket_;
  shared& shared_;
  milliseconds write_timeout_;
  std::shared_ptr<bell> bell_;
  steady::time_point& due_;
  stream stream_;
  std::shared_ptr<http::dialogue> with_;

  boost::beast::flat_buffer in_;
  std::string out_;        ///< the message that is being written
  std::string_view left_;  ///< what of it is not handed to the stream yet
  steady::time_point write_due_{};
  steady::time_point close_due_ = steady::time_point::max();
  boost::beast::websocket::close_reason goodbye_;
  bool reading_ = false;
  bool writing_ = false;
  bool closing_ = false;  ///< the closing handshake is in flight
  bool ended_ = false;    ///< the dialogue is
  bool cut_ = false;      ///< the socket is closed
};

}  // namespace mofa::gateway
