#include "protocols/a2a/reply.hpp"

#include "protocols/jsonrpc/envelope.hpp"

namespace mofa::a2a {
namespace {

/// Of a stream that is all there at once: the gateway sets those of the others.
void add_stream_headers(http::response& out) {
  out.headers.emplace_back("Cache-Control", "no-cache, no-store");
  out.headers.emplace_back("X-Accel-Buffering", "no");
}

}  // namespace

http::response refusal_of(const fault& why, const reply_form& form) {
  if (form.by == binding::json_rpc) return rpc_response(why, form.as, form.id);
  auto out = rest_response(why, form.as, form.profile);
  out.content_type = form.media_type;
  return out;
}

http::response reply::made(int status, std::string body) const {
  http::response out;
  out.status = status;
  out.headers = form_.headers;
  out.content_type = form_.media_type;
  out.body = std::move(body);
  return out;
}

std::string reply::begin() const {
  std::string out;
  if (form_.by == binding::json_rpc) jsonrpc::begin_result(out, form_.id);
  return out;
}

void reply::send(std::string text) {
  if (form_.by == binding::json_rpc) jsonrpc::end(text);
  to_(made(form_.by == binding::rest ? form_.success : 200, std::move(text)));
}

void reply::nothing() {
  if (form_.by == binding::json_rpc) return send(begin() + (form_.as == version::v1_0 ? "{}" : "null"));
  http::response out;
  out.status = 204;
  out.headers = form_.headers;
  to_(std::move(out));
}

void reply::fail(const fault& why) {
  auto out = refusal_of(why, form_);
  if (form_.error_as_event && out.status == 200) {
    out.content_type = "text/event-stream";
    out.body = "event: error\ndata: " + out.body + "\n\n";
    add_stream_headers(out);
  }
  to_(std::move(out));
}

frame_form reply::frames() const {
  frame_form out;
  out.head = "data: ";
  out.tail = "\n\n";
  if (form_.by == binding::json_rpc) {
    out.head += begin();
    out.tail.clear();
    jsonrpc::end(out.tail);
    out.tail += "\n\n";
  }
  out.numbered = form_.as == version::v1_0;
  out.form = form_;
  return out;
}

void reply::stream(http::event_stream what) {
  what.refuse = [form = form_](const error& why) { return refusal_of(fault_of(why), form); };
  http::response out;
  out.headers = form_.headers;
  out.content_type = "text/event-stream";
  out.stream = std::move(what);
  to_(std::move(out));
}

void reply::wait(callback<void(reply)> begin, callback<void(reply)> cut_short) {
  const auto asker = [this](callback<void(reply)> what) {
    return [form = form_, what = std::move(what)](http::responder to) mutable {
      what(reply{std::move(form), std::move(to)});
    };
  };
  http::response out;
  out.wait = http::long_wait{asker(std::move(begin)), asker(std::move(cut_short))};
  to_(std::move(out));
}

void reply::stream_of_one(std::string text) {
  const auto form = frames();
  auto out = made(200, form.head + text + form.tail);
  out.content_type = "text/event-stream";
  add_stream_headers(out);
  to_(std::move(out));
}

}  // namespace mofa::a2a
