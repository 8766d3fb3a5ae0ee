#include "server/gateway/session.hpp"

#include <array>
#include <boost/asio/buffer.hpp>

#include "protocols/http/problem.hpp"
#include "server/gateway/spare.hpp"

namespace mofa::gateway {

namespace {

// What is left of a refused request's body is read up to this size, so that the connection can be used again.
constexpr std::size_t swallow_at_most_bytes = 64 * 1024;
constexpr std::size_t linger_at_most_bytes = 16 * 1024 * 1024;
constexpr std::size_t request_id_bytes = 128;

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= request_id_bytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

// A label of metrics: the client's own words would make endless series.
std::string_view known_method(std::string_view method) {
  for (const std::string_view each : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    if (method == each) return each;
  }
  return "OTHER";
}

// Anybody may be turned away at any path, with any method: one label for all of them keeps the series few.
std::string_view label_of(const verdict& found) {
  return found.route != nullptr || found.pattern == "unmatched" ? found.pattern : std::string_view{"door"};
}

}  // namespace

session::session(worker& home, socket peer)
    : worker_(home), shared_(home.common()), socket_(std::move(peer)), bell_(std::make_shared<bell>(home.post_box())) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay{true}, ignored);
  shared_.events.connection_opened();
}

session::~session() {
  shared_.events.connection_closed();
  shared_.leave();
}

awaitable<void> session::run(std::shared_ptr<session> self) {
  self->worker_.enter(*self);
  if (self->worker_.stopping()) self->abort();
  try {
    while (co_await self->serve_one()) {
    }
    if (self->linger_) co_await self->linger();
  } catch (const std::exception& why) {
    // Memory is all that can run out here; one connection pays for it.
    self->shared_.events.failure(std::string{"session: "} + why.what());
  }
  error_code ignored;
  self->socket_.shutdown(socket::shutdown_both, ignored);
  self->socket_.close(ignored);
  self->worker_.leave(*self);
}

awaitable<bool> session::serve_one() {
  reader_.emplace(limits().header_bytes, limits().body_bytes);
  obey_limits();
  request_id_.clear();
  path_.clear();
  origin_.clear();
  method_ = "OTHER";
  pattern_ = "unmatched";
  head_only_ = false;
  keep_alive_ = false;
  lasting_ = false;

  const auto header = co_await read_header();
  if (header && !*header) co_return false;
  started_ = steady::now();
  note_request();
  if (!header) co_return co_await refuse_input(header.error(), route_despite(header.error()));

  auto found = worker_.house_now().entrance.judge(reader_->value(), shared_.now.now());
  pattern_ = label_of(found);
  key_ = std::move(found.key);
  if (!found.refusal.empty()) shared_.events.request_refused(found.refusal);
  const bool skip_body =
      found.answer && !reader_->is_done() && (reader_->expects_continue() || !reader_->at_most_left(swallow_at_most_bytes));
  if (skip_body) {
    keep_alive_ = false;
    linger_ = true;
  } else if (!reader_->is_done()) {
    if (reader_->expects_continue()) {
      out_ = "HTTP/1.1 100 Continue\r\n\r\n";
      if (!co_await write({})) co_return false;
    }
    const auto body = co_await read_body();
    if (!body) co_return co_await refuse_input(body.error(), found.route);
    if (!*body) co_return false;
  }
  if (found.answer) co_return co_await reply(*std::move(found.answer));
  co_return co_await handle(*found.route);
}

// Of the moment at which a request begins: the connection may have waited for it since before a change.
void session::obey_limits() {
  const auto& now = worker_.house_now().limits;
  reader_->limit(now.header_bytes, now.body_bytes);
  // What is in it stays.
  buffer_.max_size(std::max(now.header_bytes + swallow_at_most_bytes, buffer_.size()));
}

void session::note_request() {
  auto& ask = reader_->value();
  const auto given = ask.header("x-request-id").value_or("");
  if (is_request_id(given)) {
    request_id_ = given;
  } else {
    request_id_ = id<struct request_tag>::make(shared_.now.now()).str();
  }
  ask.request_id = request_id_;
  path_ = ask.path;
  method_ = known_method(ask.method);
  head_only_ = ask.method == "HEAD";
  varies_ = worker_.house_now().entrance.lets_pages_in();
  if (ask.from_browser) origin_ = worker_.house_now().entrance.readable_by(ask.header("origin").value_or(""));
  if (!reader_->is_header_done()) return;
  http_1_0_ = reader_->version() < 11;
  keep_alive_ = reader_->keep_alive();
}

// A body may break the request off while its header is being read: announced too large, or with its first bytes wrong.
const http::route* session::route_despite(const error& why) {
  if (!reader_->is_header_done() && why.code != errc::payload_too_large) return nullptr;
  const auto found = worker_.house_now().entrance.judge(reader_->value(), shared_.now.now());
  pattern_ = label_of(found);
  return found.route;
}

// What came cannot be understood or awaited to its end: the answer is the last one of this connection.
awaitable<bool> session::refuse_input(error why, const http::route* route) {
  keep_alive_ = false;
  linger_ = true;
  shared_.events.request_refused(to_string(why.code));
  auto answer = why.code == errc::timeout ? http::problem(why, {408, "Request not complete in time"}, path_, request_id_)
                : route != nullptr        ? refusal(*route, why)
                                          : http::problem(why, path_, request_id_);
  co_return co_await reply(std::move(answer));
}

http::response session::refusal(const http::route& by, const error& why) const {
  return by.refuse ? by.refuse(why) : http::problem(why, path_, request_id_);
}

awaitable<bool> session::handle(const http::route& route) {
  admission::slot slot;
  if (route.scope && !(slot = shared_.gate.enter())) {
    shared_.events.request_refused(to_string(errc::overloaded));
    auto full = fail(errc::overloaded, "too many requests are being handled (limits.in_flight)");
    full.limit = exhausted_limit{"in_flight", static_cast<std::int64_t>(shared_.gate.limit())};
    co_return co_await reply(refusal(route, full));
  }
  wait_for(phase::handling, milliseconds::max());
  shared_.events.request_started(pattern_);
  auto& ask = reader_->value();
  if (head_only_) ask.method = "GET";
  auto awaited = asked([&](http::responder to) { route.handle(std::move(ask), std::move(to)); });
  const std::function<bool()> settled = [&] { return awaited->settled(); };
  if (!settled()) {
    if (!co_await stay_until(settled, &slot)) co_return false;
  }
  auto answer = awaited->take();
  slot.leave();
  if (answer && answer->wait) {
    awaited = co_await wait_long(*std::move(answer->wait), slot);
    if (!awaited) co_return false;
    answer = awaited->take();
  }
  if (!answer) {
    shared_.events.answer_dropped(pattern_);
    answer = refusal(route, fail(errc::internal, "the request was dropped without an answer"));
  }
  lasting_ = route.scope && (answer->upgrade || answer->stream);
  // From here on follow() looks after it; before, while the request was being handled, nobody did.
  if (lasting_ && !worker_.house_now().entrance.still_lets_in(key_, shared_.now.now())) {
    shared_.events.request_refused(to_string(errc::unauthenticated));
    co_return co_await reply(
        refusal(route, fail(errc::unauthenticated, "the key was taken away or changed while the request was handled")));
  }
  if (answer->upgrade) co_return co_await upgrade(*std::move(answer->upgrade));
  if (answer->stream) {
    auto what = *std::move(answer->stream);
    answer->stream.reset();
    co_return co_await stream(std::move(what), *std::move(answer));
  }
  co_return co_await reply(*std::move(answer));
}

awaitable<bool> session::reply(http::response answer) {
  if (watching_) co_await stop_watching();
  if (shared_.draining.load(std::memory_order_relaxed)) keep_alive_ = false;
  if (varies_) door::allow_reading(answer, origin_);
  out_.clear();
  head_facts facts;
  facts.constant = worker_.constant_head();
  facts.request_id = request_id_;
  facts.close = !keep_alive_;
  facts.keep_alive_said = http_1_0_;
  append_head(out_, answer, facts);
  const bool empty = head_only_ || answer.status == 204 || answer.status == 304;
  const bool written = co_await write(empty ? std::string_view{} : std::string_view{answer.body});
  finished(answer.status);
  spare(out_);
  co_return written&& keep_alive_;
}

void session::finished(int status) {
  shared_.events.request_finished(pattern_, method_, status, steady::now() - started_, request_id_, path_);
}

// A close with unread bytes makes the kernel reset the connection, and the peer may lose the answer: read on for a while.
awaitable<void> session::linger() {
  wait_for(phase::closing, milliseconds{2'000});
  error_code failed;
  socket_.shutdown(socket::shutdown_send, failed);
  std::array<char, 16 * 1024> sink;
  std::size_t total = 0;
  while (!failed && !timed_out_ && !aborted_ && total < linger_at_most_bytes) {
    const auto [why, count] = co_await socket_.async_read_some(asio::buffer(sink), as_tuple);
    failed = why;
    total += count;
  }
}

void session::wait_for(phase what, milliseconds at_most) {
  phase_ = what;
  timed_out_ = false;
  deadline_ = at_most == milliseconds::max() ? steady::time_point::max() : steady::now() + at_most;
}

void session::sweep(steady::time_point now) {
  if (now >= bell_due_) bell_->ring();
  if (now < deadline_) return;
  deadline_ = steady::time_point::max();
  timed_out_ = true;
  if (phase_ != phase::closing) {
    shared_.events.connection_timed_out(phase_ == phase::idle     ? "idle"
                                        : phase_ == phase::header ? "header"
                                        : phase_ == phase::body   ? "body"
                                                                  : "write");
  }
  error_code ignored;
  socket_.cancel(ignored);
}

void session::drain() {
  error_code ignored;
  if (phase_ == phase::idle) socket_.cancel(ignored);
  if (phase_ == phase::streaming || phase_ == phase::handling) bell_->ring();
}

void session::follow(const house& now) {
  if (lasting_ && !now.entrance.still_lets_in(key_, shared_.now.now())) abort();
}

void session::abort() {
  aborted_ = true;
  error_code ignored;
  socket_.close(ignored);
  bell_->ring();
}

}  // namespace mofa::gateway
