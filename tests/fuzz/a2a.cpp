// A2A: whatever is asked in whatever version and binding is answered once, in the protocol's own form; a call's id comes
// back; a message that was read is written and read again as the same message.
//
// Input: a request of HTTP without its version: "METHOD PATH?QUERY", lines "name: value", an empty line, the body. The
// header x-state says how the task stands that the services know, with "replies" behind it when it answers with a message
// alone.
#include <algorithm>
#include <string>

#include "protocols/a2a/negotiation.hpp"
#include "protocols/a2a/routes.hpp"
#include "protocols/document/document.hpp"
#include "protocols/http/percent.hpp"
#include "protocols/jsonrpc/envelope.hpp"
#include "server/gateway/router.hpp"
#include "tests/fuzz/echo_services.hpp"
#include "tests/fuzz/fake_services.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using mofa::core::json;
using mofa::fuzz::claim;
namespace a2a = mofa::a2a;
namespace http = mofa::http;

struct server {
  mofa::fuzz::echo_tasks tasks;
  mofa::fuzz::echo_agents agents;
  mofa::fuzz::echo_pushes pushes;
  mofa::result<mofa::gateway::router> router = mofa::gateway::router::make(a2a::routes({tasks, agents, pushes}, options()));

  static a2a::card_options options() {
    a2a::card_options out;
    out.default_agent = mofa::fuzz::known_agent;
    return out;
  }
};

http::request request_in(std::string_view rest) {
  http::request out;
  auto target = mofa::fuzz::take(rest, '\n');
  out.method = mofa::fuzz::take(target, ' ');
  out.path = mofa::fuzz::take(target, '?');
  out.query = target;
  while (!rest.empty()) {
    auto line = mofa::fuzz::take(rest, '\n');
    if (line.empty()) break;
    const auto name = mofa::fuzz::take(line, ':');
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    out.headers.emplace_back(name, line);
  }
  out.body = rest;
  out.request_id = "r";
  if (!out.header("host")) out.headers.emplace_back("host", "127.0.0.1:8080");
  out.from_browser = out.header("origin").has_value();
  for (const auto each : mofa::core::all_scopes) out.caller.scopes |= static_cast<unsigned>(each);
  return out;
}

enum class dialect { json_rpc, rest_v1, rest_v0_3, card };

dialect dialect_of(const http::route& route) {
  const auto& path = route.pattern;
  if (route.method == "POST" && (path == "/" || path == "/a2a/{agent}" || path == "/a2a/{agent}/")) return dialect::json_rpc;
  if (path == "/a2a" || path.find("/.well-known/") != std::string::npos || path.ends_with("/extendedAgentCard") ||
      path.ends_with("/v1/card") || path.ends_with("/agent/authenticatedExtendedCard"))
    return dialect::card;
  return path.find("/v1/") != std::string::npos ? dialect::rest_v0_3 : dialect::rest_v1;
}

/// The value of a body that must be JSON. The reader refuses text that is not UTF-8.
json body_of(std::string_view text) {
  const auto out = json::parse(text, nullptr, false);
  claim(!out.is_discarded(), "an answer is JSON:", text);
  return out;
}

bool has_member(const json& value, std::string_view name) {
  if (value.is_object() && value.contains(name)) return true;
  return value.is_structured() &&
         std::any_of(value.begin(), value.end(), [&](const auto& each) { return has_member(each, name); });
}

/// {"code", "message"} and perhaps {"data"}.
void check_rpc_error(const json& error, std::string_view text) {
  claim(error.is_object() && error.at("code").is_number_integer() && error.at("message").is_string(),
        "an error has a code and a message:", text);
  const auto code = error["code"].get<int>();
  // -32000: what A2A has no error for, keys and room for example.
  const bool known =
      code == -32000 || (code <= -32001 && code >= -32009) || (code <= -32600 && code >= -32603) || code == -32700;
  claim(known, "a code is one of the specification:", text);
}

/// The id that must come back: that of the body, when it has one that is allowed and the body is looked at at all.
json id_in(const http::request& from) {
  if (a2a::wrong_content_type(from)) return nullptr;
  const auto body = mofa::document::parse_json(from.body);
  if (!body || !body->is_object() || !body->contains("id")) return nullptr;
  const auto& id = body->at("id");
  const bool allowed = id.is_number_integer() || (id.is_string() && id.dump().size() <= mofa::jsonrpc::id_bytes);
  return allowed ? id : json{};
}

void check_rpc(const json& body, const json& id, std::string_view text) {
  claim(body.is_object() && body.value("jsonrpc", "") == "2.0" && body.contains("id"), "it is JSON-RPC 2.0:", text);
  claim(body.contains("result") != body.contains("error"), "it is a result or an error:", text);
  claim(body["id"] == id, "the id comes back:", text);
  if (body.contains("error")) check_rpc_error(body["error"], text);
}

void check_rest_v1(const json& body, int status, std::string_view text) {
  claim(body.is_object(), "it is an object:", text);
  if (status < 300) return;
  const auto& error = body.at("error");
  claim(error.at("code") == status && error.at("status").is_string() && error.at("message").is_string() &&
            error.at("details").is_array(),
        "an error has the form of 1.0:", text);
}

void check_rest_v0_3(const json& body, int status, std::string_view text) {
  claim(body.is_object(), "it is an object:", text);
  if (status >= 300) check_rpc_error(body, text);
}

/// What of a body, or of a piece of a stream, the dialect says.
void check_text(dialect how, std::string_view text, int status, const json& id) {
  const auto body = body_of(text);
  if (how == dialect::json_rpc) return check_rpc(body, id, text);
  if (how == dialect::rest_v0_3) return check_rest_v0_3(body, status, text);
  check_rest_v1(body, status, text);
}

/// Frames of Server-Sent Events: comments, and pieces with one line of data.
void check_frames(dialect how, std::string_view text, const json& id) {
  claim(text.empty() || text.ends_with("\n\n"), "a frame is whole:", text);
  while (!text.empty()) {
    auto frame = text.substr(0, text.find("\n\n"));
    text.remove_prefix(frame.size() + 2);
    int data = 0;
    int status = 200;
    const bool comment = frame.starts_with(": ");
    while (!frame.empty()) {
      const auto line = mofa::fuzz::take(frame, '\n');
      if (line == "event: error") status = 500;
      if (!line.starts_with("data: ")) {
        claim(comment || line.starts_with("id: ") || line == "event: error", "a line is one of SSE:", line);
        continue;
      }
      ++data;
      const auto piece = line.substr(6);
      if (status == 200 || how == dialect::json_rpc) check_text(how, piece, status, id);
      (void)body_of(piece);
    }
    claim(data == (comment ? 0 : 1), "a piece has one line of data");
  }
}

/// The stream to its end, or to where its feed fails.
void check_stream(server& here, http::event_stream& stream, dialect how, const json& id, bool fails) {
  bool answered = false;
  stream.open(16, nullptr, [&](mofa::result<mofa::core::subscription_ptr> got) {
    claim(got.has_value() && !answered, "a stream is opened once");
    answered = true;
  });
  claim(answered, "opening a stream is answered");
  auto& encoder = *stream.encoder;
  std::string out;
  encoder.begin(out);
  for (const auto& each : here.tasks.happened()) {
    if (encoder.now() != http::feed_encoder::state::open) break;
    encoder.add(out, *each);
    if (each->kind == mofa::core::kinds::effect_requested) encoder.add(out, here.tasks.heard());
  }
  const bool ended = mofa::core::is_terminal(here.tasks.state);
  claim((encoder.now() == http::feed_encoder::state::complete) == ended, "a stream ends with its task:", out);
  if (!ended && fails) encoder.fail(out, mofa::fail(mofa::errc::unavailable, "the store restarts"));
  if (!ended && !fails) encoder.stop(out);
  check_frames(how, out, id);
}

void check_headers(const http::response& answer) {
  for (const auto& [name, value] : answer.headers)
    claim(value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos, "a header is one line:", name);
}

/// At the origin a path with a tenant of nobody's is one that is not there.
bool is_no_path(const http::request& from, const http::response& answer) {
  return answer.status == 404 && from.parameter("agent").empty() && !from.parameter("tenant").empty() &&
         from.parameter("tenant") != from.caller.tenant;
}

void check_answer(server& here, http::response& answer, dialect how, const http::request& from) {
  check_headers(answer);
  claim(answer.status >= 200 && answer.status < 500, "no request is an error of the server:", answer.body);
  const auto id = how == dialect::json_rpc ? id_in(from) : json{};
  if (answer.stream) {
    claim(answer.content_type == "text/event-stream" && answer.status == 200, "a stream is one");
    return check_stream(here, *answer.stream, how, id, from.body.size() % 2 == 0);
  }
  if (answer.content_type == "text/event-stream") return check_frames(how, answer.body, id);
  if (answer.status == 204 || answer.status == 304) return claim(answer.body.empty(), "no content is none");
  if (is_no_path(from, answer)) return claim(answer.content_type == "application/problem+json", "a problem is one");
  claim(answer.content_type == "application/json" || answer.content_type == "application/a2a+json",
        "the type is JSON's:", answer.content_type);
  const bool old = from.path.ends_with("/v1/card") || from.path.ends_with("/agent/authenticatedExtendedCard");
  check_text(how == dialect::card && old ? dialect::rest_v0_3 : how, answer.body, answer.status, id);
  if (from.path.find("pushNotificationConfigs") != std::string::npos)
    claim(!has_member(body_of(answer.body), "credentials"), "credentials are not shown again:", answer.body);
}

/// `by`: the codec that has read it; it reads it again as the same, the others write it, too.
void check_written_again(const mofa::core::message& said, const a2a::codec* by) {
  for (const auto* each : {&a2a::codec_v1(), &a2a::codec_v0_3(), &a2a::codec_v0_3_rest()}) {
    std::string text;
    each->append_sent_message(text, said, {});
    auto asked = body_of(text);
    // In JSON-RPC of 0.3 it comes bare.
    if (asked.contains("kind")) asked = json{{"message", std::move(asked)}};
    const auto again = each->read_send(asked);
    if (each != by) continue;
    claim(again.has_value(), "what was read and written is read again:", text);
    claim(mofa::core::to_json(again->message) == mofa::core::to_json(said), "it is the same message:", text);
  }
}

const a2a::codec* codec_of(dialect how, const http::request& from) {
  if (how == dialect::rest_v0_3) return &a2a::codec_v0_3_rest();
  const bool v1 = how == dialect::rest_v1 || a2a::version_of(from).as == a2a::version::v1_0;
  return v1 ? &a2a::codec_v1() : &a2a::codec_v0_3();
}

void set_scene(server& here, const http::request& from) {
  here.tasks.forget();
  here.pushes.kept.reset();
  auto wanted = from.header("x-state").value_or("");
  const auto state = mofa::core::task_state_from(mofa::fuzz::take(wanted, ' '));
  here.tasks.state = state.value_or(mofa::core::task_state::completed);
  here.tasks.replies = wanted == "replies";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static server here;
  claim(here.router.has_value(), "the routes make a router");
  auto from = request_in(mofa::fuzz::text_of(data, size));
  if (!http::is_valid_query(from.query)) return 0;
  auto found = here.router->find(from.path);
  if (!found) return 0;
  const auto* route = found->where->route_for(from.method);
  if (route == nullptr) return 0;
  from.method = route->method;
  from.parameters = std::move(found->parameters);
  set_scene(here, from);
  const auto how = dialect_of(*route);
  auto answer = mofa::fuzz::answer_of(*route, from);
  check_answer(here, answer, how, from);
  if (here.tasks.said) check_written_again(*here.tasks.said, codec_of(how, from));
  return 0;
}
