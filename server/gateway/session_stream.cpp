#include <charconv>

#include "protocols/http/problem.hpp"
#include "protocols/sse/encoder.hpp"
#include "server/gateway/session.hpp"
#include "server/gateway/spare.hpp"

namespace mofa::gateway {

namespace {

using form = http::feed_encoder;

// The form of a dialect that brings none: events and frames as they are. A failure shows in a body that is not whole.
class plain_form final : public form {
 public:
  void add(std::string& out, const core::event& what) override { sse::append_event(out, what); }
  void add(std::string& out, const core::live_frame& what) override { sse::append_frame(out, what); }
  void fail(std::string& out, const error& why) override {
    sse::append_comment(out, "stream failed: " + std::string{to_string(why.code)});
  }
  void stop(std::string& out) override { sse::append_comment(out, "the server is stopping"); }
  state now() const override { return state::open; }
};

// Encodes a batch as far as the encoder wants it; returns how many of its items were durable events.
std::size_t encode(std::string& out, form& as, const std::vector<outlet::item>& items) {
  std::size_t events = 0;
  for (const auto& each : items) {
    if (as.now() != form::state::open) break;
    if (const auto* event = std::get_if<core::event_ptr>(&each)) {
      as.add(out, **event);
      ++events;
    } else {
      as.add(out, std::get<core::live_frame>(each));
    }
  }
  return events;
}

}  // namespace

awaitable<bool> session::stream(http::event_stream what, http::response answer) {
  if (head_only_) {
    answer.content_type = "text/event-stream";
    co_return co_await reply(std::move(answer));
  }
  const auto sink = std::make_shared<outlet>(bell_, shared_.settings.stream_credit);
  const struct closer {
    outlet& what;
    ~closer() { what.close(); }
  } at_the_end{*sink};
  try {
    what.open(shared_.settings.stream_credit, sink, completion_for(sink));
  } catch (const std::exception& why) {
    shared_.events.failure(std::string{"opening a stream: "} + why.what());
  }
  auto opened = sink->take_opened();
  if (!opened) {
    const std::function<bool()> answered = [&] { return (opened = sink->take_opened()).has_value(); };
    if (!co_await stay_until(answered, nullptr)) co_return false;
  }
  if (!*opened) {
    const auto& why = opened->error();
    // To an EventSource 204 says: do not come again. A dialect with a form of its own has its own words for it.
    if (why.code == errc::task_terminal && !what.encoder) {
      answer = {};
      answer.status = 204;
    } else {
      answer = what.refuse(why);
    }
    co_return co_await reply(std::move(answer));
  }
  const auto how = http_1_0_ ? framing::until_close : framing::chunked;
  if (http_1_0_) keep_alive_ = false;
  begin_stream(answer, how);
  shared_.events.stream_opened();
  const auto feed = **std::move(opened);
  if (!what.encoder) what.encoder = std::make_unique<plain_form>();
  const bool whole = co_await pump(*sink, *feed, *what.encoder, how);
  co_await stop_watching();
  shared_.events.stream_closed();
  finished(answer.status);
  co_return whole&& keep_alive_;
}

void session::begin_stream(const http::response& answer, framing how) {
  auto head = http::response{answer.status, answer.headers, {}, "text/event-stream", {}};
  head.headers.emplace_back("Cache-Control", "no-cache, no-store");
  head.headers.emplace_back("X-Accel-Buffering", "no");
  if (varies_) door::allow_reading(head, origin_);
  if (shared_.draining.load(std::memory_order_relaxed)) keep_alive_ = false;
  out_.clear();
  head_facts facts;
  facts.constant = worker_.constant_head();
  facts.request_id = request_id_;
  facts.body = how;
  facts.close = !keep_alive_;
  append_head(out_, head, facts);
  watch_peer();
}

// Writes what the feed gives, batch by batch, and grants as much again; true when the stream came to its proper end.
awaitable<bool> session::pump(outlet& from, core::subscription& feed, form& as, framing how) {
  text_.clear();
  as.begin(text_);
  while (true) {
    auto batch = from.take();
    const bool draining = shared_.draining.load(std::memory_order_relaxed);
    const auto now = steady::now();
    const auto events = encode(text_, as, batch.items);
    if (batch.frames_dropped > 0) shared_.events.frames_dropped(batch.frames_dropped);
    if (batch.failure && as.now() == form::state::open) as.fail(text_, *batch.failure);
    if (draining && !batch.ended && as.now() == form::state::open) as.stop(text_);
    if (text_.empty() && now >= bell_due_) sse::append_comment(text_, "");
    // They may be large, and the reader slow.
    batch.items.clear();
    const auto at = as.now();
    const bool cut_short = batch.failure && at == form::state::open;
    const bool over = batch.ended || draining || at != form::state::open;
    if (how == framing::chunked) frame_chunk(over && !cut_short);
    if (!out_.empty() || !text_.empty()) {
      const bool written = co_await write(text_);
      spare(out_);
      spare(text_);
      bell_due_ = steady::now() + shared_.settings.stream_comment_every;
      if (!written || gone_) co_return false;
    }
    if (cut_short || at == form::state::failed) co_return false;
    if (over) {
      if (draining) keep_alive_ = false;
      co_return true;
    }
    if (events > 0) feed.grant(events);
    if (gone_ || aborted_) co_return false;
    phase_ = phase::streaming;
    if (!shared_.draining.load(std::memory_order_relaxed)) co_await bell_->sleep();
    if (gone_ || aborted_) co_return false;
  }
}

// Makes a chunk of text_: its size goes behind what is in out_, its end behind text_, and the body's end if it is the last.
void session::frame_chunk(bool last) {
  if (!text_.empty()) {
    char size[16];
    const auto end = std::to_chars(std::begin(size), std::end(size), text_.size(), 16).ptr;
    out_.append(std::begin(size), end);
    out_ += "\r\n";
    text_ += "\r\n";
  }
  if (last) text_ += "0\r\n\r\n";
}

}  // namespace mofa::gateway
