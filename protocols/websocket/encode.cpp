#include "protocols/websocket/encode.hpp"

#include "protocols/core/json_text.hpp"
#include "protocols/core/task_text.hpp"
#include "protocols/http/problem.hpp"

namespace mofa::websocket {
namespace {

/// {"type": …, "id": …, without its end.
std::string start(std::string_view type, std::string_view id, std::size_t rest_bytes) {
  std::string out;
  out.reserve(type.size() + id.size() + rest_bytes + 48);
  out += R"({"type":")";
  out += type;
  out += R"(","id":)";
  out += id;
  return out;
}

std::string event_start(std::string_view id, std::string_view event) {
  auto out = start("event", id, event.size());
  out += R"(,"event":)";
  out += event;
  return out;
}

}  // namespace

std::string ack(std::string_view id, const core::task& what) {
  auto out = start("ack", id, 1024);
  out += R"(,"task":)";
  core::append_task(out, what);
  out += '}';
  return out;
}

std::string ack(std::string_view id) { return start("ack", id, 0) + '}'; }

std::string event_frame(std::string_view id, const core::event& what) {
  return event_start(id, core::to_json_text(what)) + '}';
}

std::string event_frame(std::string_view id, const core::topic_message& what, std::uint64_t dropped) {
  auto out = event_start(id, core::to_json_text(what));
  if (dropped > 0) core::append_number(out += R"(,"dropped":)", dropped);
  out += '}';
  return out;
}

std::string live_frame(std::string_view id, const core::live_frame& what) {
  auto out = start(what.kind, id, what.data.size());
  out += R"(,"data":)";
  out += what.data;
  out += '}';
  return out;
}

std::string error_frame(std::string_view id, const error& why, std::string_view request_id) {
  const auto problem = http::problem(why, "", request_id);
  auto out = start("error", id, problem.body.size());
  out += R"(,"problem":)";
  out += problem.body;
  out += '}';
  return out;
}

std::string pong(std::string_view id) { return start("pong", id, 0) + '}'; }

}  // namespace mofa::websocket
