// A session: one connection, from accept to close; reads a request, has it judged and handled, writes the answer, and again.
// Owned by its own coroutine; the worker knows it while that runs.
// Lives on its worker's thread.
#pragma once

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "server/gateway/asio.hpp"
#include "server/gateway/bell.hpp"
#include "server/gateway/exchange.hpp"
#include "server/gateway/outlet.hpp"
#include "server/gateway/request_reader.hpp"
#include "server/gateway/response_head.hpp"
#include "server/gateway/worker.hpp"

namespace mofa::gateway {

class session : public std::enable_shared_from_this<session> {
 public:
  session(worker& home, socket peer);
  ~session();

  /// The whole life of the connection.
  static awaitable<void> run(std::shared_ptr<session> self);

  /// Ends what is beyond its deadline.
  void sweep(steady::time_point now);
  /// Ends at the next good moment: at once when idle, after the answer when not. Called again when the grace is nearly over.
  void drain();
  /// Other rules hold: who has come in with a key that is gone may not stay, however long the stream still is.
  void follow(const house& now);
  /// Ends now.
  void abort();

  std::size_t place = 0;  ///< the worker's

 private:
  enum class phase { idle, header, body, handling, writing, streaming, closing };

  // session.cpp
  const rules& limits() { return worker_.house_now().limits; }
  void obey_limits();
  awaitable<bool> serve_one();
  awaitable<bool> handle(const http::route& route);
  awaitable<bool> reply(http::response answer);
  awaitable<bool> refuse_input(error why, const http::route* route);
  const http::route* route_despite(const error& why);
  http::response refusal(const http::route& by, const error& why) const;
  awaitable<void> linger();
  void note_request();
  void finished(int status);
  void wait_for(phase what, milliseconds at_most);

  // session_io.cpp
  /// true: it is there; false: the peer is gone; an error: answer with it and close.
  awaitable<result<bool>> read_header();
  awaitable<result<bool>> read_body();
  awaitable<bool> read_some(std::size_t at_most_bytes);
  bool buffer_is_full() const { return buffer_.size() == buffer_.max_size(); }
  result<bool> parse();
  result<bool> cut_off() const;
  /// Writes out_ and `body`; false when the peer is gone.
  awaitable<bool> write(std::string_view body);

  // session_stream.cpp
  awaitable<bool> stream(http::event_stream what, http::response answer);
  awaitable<bool> pump(outlet& from, core::subscription& feed, http::feed_encoder& as, framing how);
  void begin_stream(const http::response& answer, framing how);
  void frame_chunk(bool last);

  // session_watch.cpp
  /// Asks, and where the answer will be; what the asked one throws is told, and leaves no answer.
  std::shared_ptr<exchange> asked(const std::function<void(http::responder)>& what);
  /// Where the answer of a long wait is, at the latest when the server ends; null as stay_until() is false.
  awaitable<std::shared_ptr<exchange>> wait_long(http::long_wait what, admission::slot& held);
  /// Sleeps until it is there, and watches the peer when that takes long. false: the peer has gone or the server stops, and
  /// the request is finished without an answer. A peer that has only finished sending may wait for its answer a while where
  /// there is a place that is `held`, but gives that back; without one it has gone.
  awaitable<bool> stay_until(const std::function<bool()>& there, admission::slot* held);
  bool is_over(admission::slot* held);
  void watch_peer();
  awaitable<void> stop_watching();

  // session_upgrade.cpp
  awaitable<bool> upgrade(http::upgrade what);

  worker& worker_;
  shared& shared_;
  socket socket_;
  std::shared_ptr<bell> bell_;
  boost::beast::flat_buffer buffer_;
  std::optional<request_reader> reader_;
  std::string out_;  ///< what is being written, used again for each answer

  // The request that is being served.
  std::string request_id_;
  std::string path_;
  std::string origin_;   ///< that may read the answer
  bool varies_ = false;  ///< some origins may read answers, so that these are not the same for all
  std::string_view method_;
  std::string_view pattern_;
  steady::time_point started_{};
  bool head_only_ = false;
  bool http_1_0_ = false;
  bool keep_alive_ = false;
  std::optional<shown_key> key_;
  bool lasting_ = false;  ///< its answer is a stream or a WebSocket, and needs a key where there are keys

  phase phase_ = phase::idle;
  steady::time_point deadline_ = steady::time_point::max();
  std::size_t since_deadline_ = 0;  ///< bytes of the body
  bool timed_out_ = false;
  bool aborted_ = false;
  bool linger_ = false;

  // While it waits for its answer, streams, or is a WebSocket.
  std::string text_;
  steady::time_point bell_due_ = steady::time_point::max();  ///< when the bell must ring, if nobody rings it before
  bool watching_ = false;                                    ///< what the peer sends is read, to learn when it goes
  bool reading_ = false;                                     ///< for that
  bool gone_ = false;                                        ///< it sends nothing any more
  bool reset_ = false;                                       ///< nor does it take an answer
};

}  // namespace mofa::gateway
