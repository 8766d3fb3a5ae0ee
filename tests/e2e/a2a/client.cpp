#include "tests/e2e/a2a/client.hpp"

#include <doctest/doctest.h>

#include <atomic>

namespace mofa::test::a2a {
namespace {

// The id of each request; a text, so that a server which reads it as a number is found out.
json next_id() {
  static std::atomic<int> last{0};
  return "request-" + std::to_string(++last);
}

// Names of 1.0 and of 0.3.
std::string method_of(way how, const char* v1, const char* v03) { return is_v1(how) ? v1 : v03; }

std::string encoded(const std::string& text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out;
}

std::string query_of(const json& members) {
  std::string out;
  for (const auto& [name, value] : members.items())
    out += (out.empty() ? "?" : "&") + name + "=" + encoded(value.is_string() ? value.get<std::string>() : value.dump());
  return out;
}

std::string first_text(const json& parts) {
  for (const auto& each : parts)
    if (each.contains("text")) return each.at("text");
  return {};
}

}  // namespace

std::string item::state() const { return value.contains("status") ? value.at("status").value("state", "") : ""; }

std::string item::text() const {
  if (name == "message") return first_text(value.at("parts"));
  if (name == "artifactUpdate") return first_text(value.at("artifact").at("parts"));
  return status_text(value);
}

json say(const std::string& text) { return say_parts(json::array({{{"text", text}}})); }

json say_parts(json parts) {
  static std::atomic<int> last{0};
  return {{"messageId", "message-" + std::to_string(++last)}, {"role", "ROLE_USER"}, {"parts", std::move(parts)}};
}

std::string state_of(const json& task) { return task.at("status").at("state"); }

std::string status_text(const json& task) {
  const auto& status = task.at("status");
  return status.contains("message") ? first_text(status.at("message").at("parts")) : "";
}

// --- item_stream
// -----------------------------------------------------------------------------------------------------------

std::optional<item> item_stream::next(milliseconds within) {
  const auto event = events_->next(within);
  // A failure is the last word of a stream.
  if (!event || event->event == "error") return std::nullopt;
  auto data = json::parse(event->data, nullptr, false);
  REQUIRE_MESSAGE(data.is_object(), event->text);
  if (!is_rest(way_)) {
    CHECK_MESSAGE(data.value("jsonrpc", "") == "2.0", event->text);
    CHECK_MESSAGE(data.value("id", json{}) == request_id_, event->text);
    REQUIRE_MESSAGE(data.contains("result"), event->text);
    data = data.at("result");
  }
  auto read = read_item(way_, data);
  item out;
  out.id = event->id;
  out.name = read.begin().key();
  out.value = read.begin().value();
  return out;
}

std::vector<item> item_stream::rest() {
  std::vector<item> out;
  while (auto one = next()) out.push_back(std::move(*one));
  return out;
}

std::vector<item> item_stream::until(const std::string& state) {
  std::vector<item> out;
  while (auto one = next()) {
    out.push_back(std::move(*one));
    if (out.back().state() == state) return out;
  }
  FAIL("the stream ended or stood still before " << state << ", after " << out.size() << " items");
  return out;
}

// --- client
// ----------------------------------------------------------------------------------------------------------------

client::client(std::uint16_t port, std::string agent, way how, std::string key)
    : port_(port), base_(agent.empty() ? "" : "/a2a/" + agent), way_(how), key_(std::move(key)), http_(port) {}

header_pairs client::headers() const {
  auto out = extra;
  out.emplace_back("Content-Type", "application/json");
  if (is_v1(way_)) out.emplace_back("A2A-Version", "1.0");
  if (!key_.empty()) out.emplace_back("Authorization", "Bearer " + key_);
  return out;
}

answer client::call(const std::string& method, const json& params) {
  const auto id = next_id();
  const auto body = json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}.dump();
  const auto got = http_.post(base_.empty() ? "/" : base_, body, headers());
  if (!got) throw unexpected_answer(method + ": no answer");
  auto out = read_answer(way_, *got);
  CHECK_MESSAGE((out.body.value("id", json{}) == id || out.http.status != 200), out.text());
  return out;
}

answer client::rest(const std::string& method, const std::string& path, const std::string& body) {
  const auto got = http_.request(method, prefix() + path, body, headers());
  if (!got) throw unexpected_answer(method + " " + path + ": no answer");
  return read_answer(way_, *got);
}

json client::body_of_send(const json& message, const json& configuration, const json& more) const {
  json out{{"message", written_message(way_, message)}};
  const auto config = written_configuration(way_, configuration);
  if (!config.empty()) out["configuration"] = config;
  out.update(more);
  return out;
}

answer client::send(const json& message, const json& configuration, const json& more) {
  const auto body = body_of_send(message, configuration, more);
  auto out = is_rest(way_) ? rest("POST", "/message:send", body.dump())
                           : call(method_of(way_, "SendMessage", "message/send"), body);
  if (out.ok()) out.result = read_item(way_, out.result);
  return out;
}

answer client::get(const std::string& task, std::optional<int> history) {
  json params{{"id", task}};
  if (history) params["historyLength"] = *history;
  const auto query = history ? "?historyLength=" + std::to_string(*history) : std::string{};
  auto out = is_rest(way_) ? rest("GET", "/tasks/" + task + query) : call(method_of(way_, "GetTask", "tasks/get"), params);
  if (out.ok()) out.result = read_task(way_, out.result);
  return out;
}

answer client::cancel(const std::string& task) {
  auto out = is_rest(way_) ? rest("POST", "/tasks/" + task + ":cancel")
                           : call(method_of(way_, "CancelTask", "tasks/cancel"), {{"id", task}});
  if (out.ok()) out.result = read_task(way_, out.result);
  return out;
}

answer client::list(const json& query) {
  auto out = is_rest(way_) ? rest("GET", "/tasks" + query_of(query)) : call("ListTasks", query);
  if (!out.ok()) return out;
  for (auto& each : out.result.at("tasks")) each = read_task(way_, each);
  return out;
}

answer client::push_set(const std::string& task, const json& config) {
  const auto body = written_push(way_, task, config);
  auto out = is_rest(way_)
                 ? rest("POST", "/tasks/" + task + "/pushNotificationConfigs", body.dump())
                 : call(method_of(way_, "CreateTaskPushNotificationConfig", "tasks/pushNotificationConfig/set"), body);
  if (out.ok()) out.result = read_push(way_, out.result);
  return out;
}

answer client::push_get(const std::string& task, const std::string& id) {
  const json params =
      is_v1(way_) ? json{{"taskId", task}, {"id", id}} : json{{"id", task}, {"pushNotificationConfigId", id}};
  auto out = is_rest(way_)
                 ? rest("GET", "/tasks/" + task + "/pushNotificationConfigs/" + id)
                 : call(method_of(way_, "GetTaskPushNotificationConfig", "tasks/pushNotificationConfig/get"), params);
  if (out.ok()) out.result = read_push(way_, out.result);
  return out;
}

answer client::push_list(const std::string& task) {
  const json params = is_v1(way_) ? json{{"taskId", task}} : json{{"id", task}};
  auto out = is_rest(way_)
                 ? rest("GET", "/tasks/" + task + "/pushNotificationConfigs")
                 : call(method_of(way_, "ListTaskPushNotificationConfigs", "tasks/pushNotificationConfig/list"), params);
  if (!out.ok()) return out;
  if (way_ == way::v03_rpc) out.result = {{"configs", out.result}};
  for (auto& each : out.result["configs"]) each = read_push(way_, each);
  return out;
}

answer client::push_delete(const std::string& task, const std::string& id) {
  const json params =
      is_v1(way_) ? json{{"taskId", task}, {"id", id}} : json{{"id", task}, {"pushNotificationConfigId", id}};
  return is_rest(way_)
             ? rest("DELETE", "/tasks/" + task + "/pushNotificationConfigs/" + id)
             : call(method_of(way_, "DeleteTaskPushNotificationConfig", "tasks/pushNotificationConfig/delete"), params);
}

answer client::extended_card() {
  if (is_rest(way_)) return rest("GET", way_ == way::v1_rest ? "/extendedAgentCard" : "/card");
  return call(method_of(way_, "GetExtendedAgentCard", "agent/getAuthenticatedExtendedCard"), json::object());
}

item_stream client::open(const std::string& method, const json& params, const std::string& path, const std::string& body,
                         header_pairs headers) {
  const auto id = next_id();
  if (is_rest(way_))
    return {way_, id, std::make_unique<event_stream>(port_, "POST", prefix() + path, body, std::move(headers))};
  const auto request = json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}.dump();
  const auto url = base_.empty() ? std::string{"/"} : base_;
  return {way_, id, std::make_unique<event_stream>(port_, "POST", url, request, std::move(headers))};
}

item_stream client::stream(const json& message, const json& configuration) {
  const auto body = body_of_send(message, configuration, json::object());
  auto out =
      open(method_of(way_, "SendStreamingMessage", "message/stream"), body, "/message:stream", body.dump(), headers());
  REQUIRE_MESSAGE(out.status() == 200, out.answer().body);
  return out;
}

item_stream client::subscribe(const std::string& task, const std::string& last_event_id) {
  auto with = headers();
  if (!last_event_id.empty()) {
    with.emplace_back("A2A-Extensions", event_ids);
    with.emplace_back("Last-Event-ID", last_event_id);
  }
  auto out = open(method_of(way_, "SubscribeToTask", "tasks/resubscribe"), {{"id", task}}, "/tasks/" + task + ":subscribe",
                  "", std::move(with));
  REQUIRE_MESSAGE(out.status() == 200, out.answer().body);
  return out;
}

answer client::stream_refused(const json& message, const json& configuration) {
  const auto body = body_of_send(message, configuration, json::object());
  return is_rest(way_) ? rest("POST", "/message:stream", body.dump())
                       : call(method_of(way_, "SendStreamingMessage", "message/stream"), body);
}

answer client::subscribe_refused(const std::string& task) {
  return is_rest(way_) ? rest("POST", "/tasks/" + task + ":subscribe")
                       : call(method_of(way_, "SubscribeToTask", "tasks/resubscribe"), {{"id", task}});
}

std::string client::text_of_send(const json& message) const {
  const auto body = body_of_send(message, json::object(), json::object());
  if (is_rest(way_)) return request_text("POST", prefix() + "/message:send", body.dump(), headers());
  const json request{
      {"jsonrpc", "2.0"}, {"id", next_id()}, {"method", method_of(way_, "SendMessage", "message/send")}, {"params", body}};
  return request_text("POST", base_.empty() ? "/" : base_, request.dump(), headers());
}

json client::task(const json& message, const json& configuration) {
  const auto got = send(message, configuration);
  REQUIRE_MESSAGE(got.ok(), name_of(way_), ": ", got.text());
  REQUIRE_MESSAGE(got.result.contains("task"), got.text());
  return got.result.at("task");
}

json client::until_state(const std::string& task, const std::string& state) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto got = get(task);
    REQUIRE_MESSAGE(got.ok(), got.text());
    if (state_of(got.result) == state) return got.result;
  }
  FAIL("never " << state);
  return {};
}

}  // namespace mofa::test::a2a
