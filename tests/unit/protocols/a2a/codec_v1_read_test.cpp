#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "protocols/a2a/codec.hpp"
#include "protocols/core/fields.hpp"
#include "server/base/limits.hpp"

using namespace mofa;
using core::json;
using core::part;
using paths = std::vector<std::string>;

namespace {

const a2a::codec& codec() { return a2a::codec_v1(); }

/// Where the read failed; empty when it did not.
template <class T>
paths places(const result<T>& read) {
  paths out;
  if (read) return out;
  CHECK(read.error().code == errc::invalid);
  for (const auto& each : read.error().fields) out.push_back(each.path);
  return out;
}

/// A question whose message has these members besides those that must be there.
json sending(const json& members = json::object()) {
  json message{{"messageId", "m1"}, {"role", "ROLE_USER"}, {"parts", json::array({{{"text", "hi"}}})}};
  message.update(members);
  return {{"message", message}};
}

json sending_part(const json& value) { return sending({{"parts", json::array({value})}}); }

json configured(const json& configuration) {
  auto out = sending();
  out["configuration"] = configuration;
  return out;
}

part part_read(const json& value) {
  const auto read = codec().read_send(sending_part(value));
  REQUIRE_MESSAGE(read.has_value(), value.dump());
  REQUIRE(read->message.parts.size() == 1);
  return read->message.parts[0];
}

}  // namespace

TEST_CASE("the codec says its version") { CHECK(codec().version() == a2a::version::v1_0); }

TEST_CASE("the smallest message is read as its sender meant it") {
  const auto read = codec().read_send(sending());
  REQUIRE(read);
  CHECK(read->message.message_id == "m1");
  CHECK(read->message.role == core::role::user);
  CHECK(read->message.text() == "hi");
  CHECK(read->message.metadata.is_null());
  CHECK(read->tenant.empty());
  CHECK(read->context_id.empty());
  CHECK(read->task_id.empty());
  CHECK(read->accepted_output_modes.empty());
  CHECK_FALSE(read->push);
  CHECK_FALSE(read->history_length);
  CHECK_FALSE(read->return_immediately);
}

TEST_CASE("a send with every member is read in camelCase and in snake_case alike") {
  const std::vector<json> both{
      json::parse(R"({"tenant":"default","message":{"messageId":"m","contextId":"c","taskId":"t","role":"ROLE_USER",
        "parts":[{"text":"a","mediaType":"text/markdown","filename":"f","metadata":{"p":1}}],"metadata":{"k":[1]},
        "extensions":["https://e"],"referenceTaskIds":["r1","r2"]},
        "configuration":{"acceptedOutputModes":["text/plain"],"historyLength":3,"returnImmediately":true,
          "taskPushNotificationConfig":{"id":"p","url":"https://example.org/x","token":"tok",
            "authentication":{"scheme":"Bearer","credentials":"secret"}}},
        "metadata":{"q":true},"unknown":{"x":1}})"),
      json::parse(R"({"tenant":"default","message":{"message_id":"m","context_id":"c","task_id":"t","role":1,
        "parts":[{"text":"a","media_type":"text/markdown","filename":"f","metadata":{"p":1}}],"metadata":{"k":[1]},
        "extensions":["https://e"],"reference_task_ids":["r1","r2"]},
        "configuration":{"accepted_output_modes":["text/plain"],"history_length":"3","return_immediately":true,
          "task_push_notification_config":{"id":"p","url":"https://example.org/x","token":"tok",
            "authentication":{"scheme":"Bearer","credentials":"secret"}}},
        "metadata":{"q":true}})")};
  for (const auto& from : both) {
    const auto read = codec().read_send(from);
    REQUIRE(read);
    CHECK(read->tenant == "default");
    CHECK(read->message.message_id == "m");
    CHECK(read->context_id == "c");
    CHECK(read->task_id == "t");
    REQUIRE(read->message.parts.size() == 1);
    CHECK(core::to_json(read->message.parts[0]) ==
          json{{"text", "a"}, {"media_type", "text/markdown"}, {"filename", "f"}, {"metadata", {{"p", 1}}}});
    CHECK(read->message.metadata == json{{"k", {1}}});
    CHECK(read->message.extensions == std::vector<std::string>{"https://e"});
    CHECK(read->message.reference_task_ids == std::vector<std::string>{"r1", "r2"});
    CHECK(read->accepted_output_modes == std::vector<std::string>{"text/plain"});
    CHECK(read->history_length == 3);
    CHECK(read->return_immediately);
    REQUIRE(read->push);
    CHECK(read->push->config.id == "p");
    CHECK(read->push->config.url == "https://example.org/x");
    CHECK(read->push->config.token == "tok");
    CHECK(read->push->config.scheme == "Bearer");
    CHECK(read->push->config.credentials == "secret");
    CHECK(read->metadata == json{{"q", true}});
    CHECK(read->push->task_id.empty());
  }
}

TEST_CASE("what clients send when they have nothing to say is read as nothing") {
  CHECK(codec().read_send(configured(json::object())));
  CHECK(codec().read_send(configured(nullptr)));
  const auto read = codec().read_send(
      sending({{"contextId", ""}, {"taskId", nullptr}, {"metadata", nullptr}, {"extensions", json::array()}}));
  REQUIRE(read);
  CHECK(read->context_id.empty());
  CHECK(read->message.metadata.is_null());
  CHECK(read->message.extensions.empty());
}

TEST_CASE("clients speak for the user") {
  for (const auto& role : std::vector<json>{"ROLE_USER", 1, "ROLE_UNSPECIFIED", 0, nullptr}) {
    CAPTURE(role.dump());
    const auto read = codec().read_send(sending({{"role", role}}));
    REQUIRE(read);
    CHECK(read->message.role == core::role::user);
  }
  for (const auto& role : std::vector<json>{"ROLE_AGENT", 2, "user", "agent", 3, true}) {
    CAPTURE(role.dump());
    CHECK(places(codec().read_send(sending({{"role", role}}))) == paths{"/message/role"});
  }
}

TEST_CASE("a part is exactly one of text, raw, url and data") {
  CHECK(part_read({{"text", "a"}}).kind == part::type::text);
  CHECK(part_read({{"text", ""}}).text.empty());
  const auto raw = part_read({{"raw", "-_8"}, {"media_type", "image/png"}, {"filename", "a.png"}});
  CHECK(raw.kind == part::type::raw);
  CHECK(raw.text == "+/8=");
  CHECK(raw.media_type == "image/png");
  CHECK(raw.filename == "a.png");
  CHECK(part_read({{"raw", ""}}).kind == part::type::raw);
  const auto url = part_read({{"url", "https://example.org/a.png"}});
  CHECK(url.kind == part::type::url);
  CHECK(url.text == "https://example.org/a.png");
  for (const auto& value :
       std::vector<json>{json::object(), {{"a", 1}}, json::array({1, "x"}), "text", 5, 1.5, false, nullptr}) {
    CAPTURE(value.dump());
    const auto data = part_read({{"data", value}});
    CHECK(data.kind == part::type::data);
    CHECK(data.data == value);
  }
  // As clients write it that do not leave absent members out.
  CHECK(part_read({{"text", "a"}, {"raw", nullptr}, {"url", nullptr}, {"data", nullptr}}).kind == part::type::text);

  const auto wrong = [](const json& value) { return places(codec().read_send(sending_part(value))); };
  CHECK(wrong(json::object()) == paths{"/message/parts/0"});
  CHECK(wrong({{"kind", "text"}}) == paths{"/message/parts/0"});
  CHECK(wrong({{"text", "a"}, {"url", "b"}}) == paths{"/message/parts/0"});
  CHECK(wrong({{"data", 1}, {"raw", ""}}) == paths{"/message/parts/0"});
  CHECK(wrong("text") == paths{"/message/parts/0"});
  CHECK(wrong(nullptr) == paths{"/message/parts/0"});
  CHECK(wrong({{"text", 5}}) == paths{"/message/parts/0/text"});
  CHECK(wrong({{"raw", "%"}}) == paths{"/message/parts/0/raw"});
  CHECK(wrong({{"url", ""}}) == paths{"/message/parts/0/url"});
  CHECK(wrong({{"url", 1}}) == paths{"/message/parts/0/url"});
  CHECK(wrong({{"text", "a"}, {"mediaType", 1}}) == paths{"/message/parts/0/mediaType"});
  CHECK(wrong({{"text", "a"}, {"filename", 1}}) == paths{"/message/parts/0/filename"});
  CHECK(wrong({{"text", "a"}, {"metadata", "x"}}) == paths{"/message/parts/0/metadata"});
}

TEST_CASE("every wrong place of a send is named") {
  const auto wrong = [](const json& members) { return places(codec().read_send(sending(members))); };
  CHECK(places(codec().read_send(json::array())) == paths{""});
  CHECK(places(codec().read_send(json::object())) == paths{"/message"});
  CHECK(places(codec().read_send({{"message", "hi"}})) == paths{"/message"});
  CHECK(places(codec().read_send({{"message", json::object()}})) == paths{"/message/messageId", "/message/parts"});
  CHECK(wrong({{"messageId", ""}}) == paths{"/message/messageId"});
  CHECK(wrong({{"messageId", 1}}) == paths{"/message/messageId"});
  CHECK(wrong({{"messageId", std::string(limits::client_id_bytes + 1, 'x')}}) == paths{"/message/messageId"});
  CHECK(wrong({{"messageId", std::string(limits::client_id_bytes, 'x')}}).empty());
  CHECK(wrong({{"contextId", std::string(limits::client_id_bytes + 1, 'x')}}) == paths{"/message/contextId"});
  CHECK(wrong({{"parts", json::array()}}) == paths{"/message/parts"});
  CHECK(wrong({{"parts", "hi"}}) == paths{"/message/parts"});
  CHECK(wrong({{"parts", json::array_t(a2a::parts_max, {{"text", ""}})}}).empty());
  CHECK(wrong({{"parts", json::array_t(a2a::parts_max + 1, {{"text", ""}})}}) == paths{"/message/parts"});
  CHECK(wrong({{"parts", json::array({{{"text", "a"}}, {{"text", 1}}, 5})}}) ==
        paths{"/message/parts/1/text", "/message/parts/2"});
  CHECK(wrong({{"metadata", json::array()}}) == paths{"/message/metadata"});
  CHECK(wrong({{"extensions", "x"}}) == paths{"/message/extensions"});
  CHECK(wrong({{"referenceTaskIds", json::array({1})}}) == paths{"/message/referenceTaskIds"});

  auto more = sending();
  more["tenant"] = 1;
  more["metadata"] = "x";
  more["configuration"] = "x";
  auto got = places(codec().read_send(more));
  std::sort(got.begin(), got.end());
  CHECK(got == paths{"/configuration", "/metadata", "/tenant"});
}

TEST_CASE("a hostile list of parts makes no longer list of errors") {
  json parts = json::array();
  for (std::size_t i = 0; i < a2a::parts_max; ++i) parts.push_back(json::object());
  CHECK(places(codec().read_send(sending({{"parts", parts}}))).size() == core::max_field_errors);
}

TEST_CASE("every wrong place of a configuration is named") {
  const auto wrong = [](const json& value) { return places(codec().read_send(configured(value))); };
  CHECK(wrong({{"historyLength", 0}}).empty());
  CHECK(wrong({{"historyLength", -1}}) == paths{"/configuration/historyLength"});
  CHECK(wrong({{"historyLength", 1.5}}) == paths{"/configuration/historyLength"});
  CHECK(wrong({{"historyLength", 2147483648}}) == paths{"/configuration/historyLength"});
  CHECK(wrong({{"returnImmediately", "perhaps"}}) == paths{"/configuration/returnImmediately"});
  CHECK(wrong({{"acceptedOutputModes", "text/plain"}}) == paths{"/configuration/acceptedOutputModes"});
  CHECK(wrong({{"taskPushNotificationConfig", json::object()}}) == paths{"/configuration/taskPushNotificationConfig/url"});
  CHECK(wrong({{"taskPushNotificationConfig", "x"}}) == paths{"/configuration/taskPushNotificationConfig"});
}

TEST_CASE("a push configuration is read flat, and what cannot be sent is refused") {
  const auto read = codec().read_push(json::parse(
      R"({"tenant":"default","id":"p","task_id":"t","url":"http://127.0.0.1:9/x","authentication":{"scheme":"Basic"}})"));
  REQUIRE(read);
  CHECK(read->tenant == "default");
  CHECK(read->task_id == "t");
  CHECK(read->config.id == "p");
  CHECK(read->config.scheme == "Basic");
  CHECK(read->config.credentials.empty());
  CHECK(read->config.token.empty());

  const auto wrong = [](const json& members) {
    json from{{"taskId", "t"}, {"url", "https://example.org"}};
    from.update(members);
    return places(codec().read_push(from));
  };
  CHECK(wrong(json::object()).empty());
  CHECK(wrong({{"authentication", nullptr}}).empty());
  CHECK(wrong({{"url", nullptr}}) == paths{"/url"});
  CHECK(wrong({{"url", "gopher://x"}}) == paths{"/url"});
  CHECK(wrong({{"token", "a\r\nX-Evil: 1"}}) == paths{"/token"});
  CHECK(wrong({{"authentication", json::object()}}) == paths{"/authentication/scheme"});
  CHECK(wrong({{"authentication", "Bearer x"}}) == paths{"/authentication"});
  CHECK(wrong({{"authentication", {{"scheme", ""}}}}) == paths{"/authentication/scheme"});
  CHECK(wrong({{"authentication", {{"scheme", 1}}}}) == paths{"/authentication/scheme"});
  CHECK(wrong({{"authentication", {{"scheme", "Bearer\n"}}}}) == paths{"/authentication/scheme"});
  CHECK(wrong({{"authentication", {{"scheme", "Bearer"}, {"credentials", "a\nb"}}}}) ==
        paths{"/authentication/credentials"});
  CHECK(places(codec().read_push(json::array())) == paths{""});
}

TEST_CASE("get, cancel and subscribe are an id, a tenant and what they ignore") {
  const auto got = codec().read_get({{"tenant", "x"}, {"id", "t"}, {"history_length", 0}});
  REQUIRE(got);
  CHECK(got->tenant == "x");
  CHECK(got->id == "t");
  CHECK(got->history_length == 0);
  const auto plain = codec().read_get({{"id", "t"}});
  REQUIRE(plain);
  CHECK_FALSE(plain->history_length);
  CHECK(places(codec().read_get({{"id", 5}, {"historyLength", -1}})) == paths{"/id", "/historyLength"});

  const auto task = codec().read_task({{"tenant", "x"}, {"id", "t"}, {"metadata", {{"why", "no"}}}});
  REQUIRE(task);
  CHECK(task->tenant == "x");
  CHECK(task->id == "t");
  CHECK(places(codec().read_task({{"id", json::object()}})) == paths{"/id"});
  CHECK(places(codec().read_task("t")) == paths{""});
}

TEST_CASE("a list has its filters and its page") {
  const auto all = codec().read_list(json::object());
  REQUIRE(all);
  CHECK_FALSE(all->context_id);
  CHECK_FALSE(all->state);
  CHECK(all->page_size == 50);
  CHECK(all->page_token.empty());
  CHECK_FALSE(all->history_length);
  CHECK_FALSE(all->status_since);
  CHECK_FALSE(all->include_artifacts);

  // The second as a query has it.
  for (const std::string text :
       {R"({"tenant":"x","contextId":"c","status":"TASK_STATE_INPUT_REQUIRED","pageSize":100,"pageToken":"p",
            "historyLength":2,"statusTimestampAfter":"2026-01-31T09:00:00Z","includeArtifacts":true})",
        R"({"tenant":"x","context_id":"c","status":"6","page_size":"100","page_token":"p","history_length":"2",
            "status_timestamp_after":"2026-01-31T10:00:00+01:00","include_artifacts":"true"})"}) {
    const auto read = codec().read_list(json::parse(text));
    REQUIRE(read);
    CHECK(read->tenant == "x");
    CHECK(read->context_id == "c");
    CHECK(read->state == core::task_state::input_required);
    CHECK(read->page_size == 100);
    CHECK(read->page_token == "p");
    CHECK(read->history_length == 2);
    CHECK(to_rfc3339(read->status_since.value()) == "2026-01-31T09:00:00.000Z");
    CHECK(read->include_artifacts);
  }

  const auto empty = codec().read_list({{"contextId", ""}, {"status", "TASK_STATE_UNSPECIFIED"}, {"pageToken", ""}});
  REQUIRE(empty);
  CHECK_FALSE(empty->context_id);
  CHECK_FALSE(empty->state);
}

TEST_CASE("each state is read by its name and by its number") {
  using core::task_state;
  const std::vector<std::pair<std::string, task_state>> states{
      {"TASK_STATE_SUBMITTED", task_state::submitted}, {"TASK_STATE_WORKING", task_state::working},
      {"TASK_STATE_COMPLETED", task_state::completed}, {"TASK_STATE_FAILED", task_state::failed},
      {"TASK_STATE_CANCELED", task_state::canceled},   {"TASK_STATE_INPUT_REQUIRED", task_state::input_required},
      {"TASK_STATE_REJECTED", task_state::rejected},   {"TASK_STATE_AUTH_REQUIRED", task_state::auth_required}};
  for (std::size_t i = 0; i < states.size(); ++i) {
    CAPTURE(states[i].first);
    CHECK(codec().read_list({{"status", states[i].first}})->state == states[i].second);
    CHECK(codec().read_list({{"status", i + 1}})->state == states[i].second);
  }
  for (const auto& bad : std::vector<json>{"TASK_STATE_CANCELLED", "working", 9, -1, true}) {
    CAPTURE(bad.dump());
    CHECK(places(codec().read_list({{"status", bad}})) == paths{"/status"});
  }
}

TEST_CASE("every wrong place of a list is named") {
  const auto wrong = [](const json& from) { return places(codec().read_list(from)); };
  for (const auto& size : std::vector<json>{0, 101, -1, "x", 1.5, "0"}) {
    CAPTURE(size.dump());
    CHECK(wrong({{"pageSize", size}}) == paths{"/pageSize"});
  }
  CHECK(wrong({{"pageSize", 1}}).empty());
  CHECK(wrong({{"historyLength", -1}}) == paths{"/historyLength"});
  CHECK(wrong({{"statusTimestampAfter", "now"}}) == paths{"/statusTimestampAfter"});
  CHECK(wrong({{"includeArtifacts", 1}}) == paths{"/includeArtifacts"});
  CHECK(wrong({{"contextId", 1}}) == paths{"/contextId"});
  CHECK(wrong({{"pageToken", 1}}) == paths{"/pageToken"});
  CHECK(wrong(nullptr) == paths{""});
}

TEST_CASE("push configurations are named by task and id, and listed by pages") {
  const auto read =
      codec().read_push_id({{"tenant", "x"}, {"task_id", "t"}, {"id", "p"}, {"pageSize", 10}, {"pageToken", "n"}});
  REQUIRE(read);
  CHECK(read->tenant == "x");
  CHECK(read->task_id == "t");
  CHECK(read->id == "p");
  CHECK(read->page_size == 10);
  CHECK(read->page_token == "n");

  CHECK(codec().read_push_id(json::object())->page_size == 50);
  CHECK(codec().read_push_id({{"pageSize", 0}})->page_size == 50);
  CHECK(codec().read_push_id({{"pageSize", 1000}})->page_size == limits::push_configs_max);
  CHECK(places(codec().read_push_id({{"pageSize", -1}, {"taskId", 1}, {"id", 1}, {"pageToken", 1}})) ==
        paths{"/taskId", "/id", "/pageSize", "/pageToken"});
}
