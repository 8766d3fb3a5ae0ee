#include <doctest/doctest.h>

#include "server/base/limits.hpp"
#include "tests/unit/protocols/a2a/v0_3_samples.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;
using a2a::codec_v0_3_rest;
using core::json;
using type = core::part::type;

namespace {

const sample_form form{codec_v0_3_rest(), {{"messageId", "m"}, {"role", "ROLE_USER"}}, "content"};

}  // namespace

TEST_CASE("0.3 REST: a body as the SDK sends it is read") {
  const auto read = codec_v0_3_rest().read_send(json::parse(R"({
    "message": {"messageId": "m-1", "contextId": "c-1", "taskId": "t-1", "role": "ROLE_USER",
                "content": [{"text": "hi"}, {"data": {"data": {"a": 1}}}], "metadata": {"a": 1}, "extensions": ["e"]},
    "configuration": {"acceptedOutputModes": ["text/plain"], "historyLength": 3, "blocking": true,
                      "pushNotification": {"id": "p", "url": "https://example.org/h", "token": "t",
                                           "authentication": {"schemes": ["Bearer"], "credentials": "s"}}},
    "metadata": {"b": 2}})"));
  REQUIRE(read);
  CHECK(read->message.message_id == "m-1");
  CHECK(read->message.text() == "hi");
  CHECK(read->message.parts[1].data == json{{"a", 1}});
  CHECK(read->message.metadata == json{{"a", 1}});
  CHECK(read->message.extensions == std::vector<std::string>{"e"});
  CHECK(read->context_id == "c-1");
  CHECK(read->task_id == "t-1");
  CHECK(read->accepted_output_modes == std::vector<std::string>{"text/plain"});
  CHECK(read->history_length == 3);
  CHECK_FALSE(read->return_immediately);
  REQUIRE(read->push);
  CHECK(read->push->config.id == "p");
  CHECK(read->push->config.scheme == "Bearer");
  CHECK(read->push->config.credentials == "s");
  CHECK(read->metadata == json{{"b", 2}});
}

TEST_CASE("0.3 REST: the proto's names are taken, numbers of enums, and the names of the drafts after 0.3.0") {
  const auto read = codec_v0_3_rest().read_send(json::parse(R"({
    "request": {"message_id": "m-1", "context_id": "c-1", "role": 1, "parts": [{"text": "hi"}]},
    "configuration": {"push_notification_config": {"url": "https://example.org/h"}}})"));
  REQUIRE(read);
  CHECK(read->message.message_id == "m-1");
  CHECK(read->context_id == "c-1");
  CHECK(read->message.text() == "hi");
  REQUIRE(read->push);
  CHECK(read->push->config.url == "https://example.org/h");
}

TEST_CASE("0.3 REST: what is not set is false or 0: a send does not wait, and history is not cut") {
  const auto read = [](const char* configuration) {
    json body = {{"message", {{"messageId", "m"}, {"content", {{{"text", "hi"}}}}}}};
    if (configuration != nullptr) body["configuration"] = json::parse(configuration);
    auto out = codec_v0_3_rest().read_send(body);
    REQUIRE(out);
    return *out;
  };
  CHECK(read(nullptr).return_immediately);
  CHECK(read("{}").return_immediately);
  CHECK(read(R"({"blocking":false})").return_immediately);
  CHECK_FALSE(read(R"({"blocking":true})").return_immediately);
  CHECK(read(R"({"historyLength":0})").history_length == std::nullopt);
  CHECK(read(R"({"historyLength":"2"})").history_length == 2);
}

TEST_CASE("0.3 REST: parts of each kind go in and out") {
  const auto text = json::parse(R"({"text":"","metadata":{"k":1}})");
  CHECK(form.read(text).kind == type::text);
  form.check_kept(text);

  const auto bytes = json::parse(R"({"file":{"fileWithBytes":"aGk=","mimeType":"image/png","name":"a.png"}})");
  CHECK(form.read(bytes).kind == type::raw);
  CHECK(form.read(bytes).text == "aGk=");
  CHECK(form.read(bytes).media_type == "image/png");
  CHECK(form.read(bytes).filename == "a.png");
  form.check_kept(bytes);
  CHECK(form.read(json::parse(R"({"file":{"file_with_bytes":"-_8","mime_type":"a/b"}})")).text == "+/8=");

  const auto uri = json::parse(R"({"file":{"fileWithUri":"https://example.org/a"}})");
  CHECK(form.read(uri).kind == type::url);
  form.check_kept(uri);

  const auto data = json::parse(R"({"data":{"data":{"a":[1]}}})");
  CHECK(form.read(data).data == json::parse(R"({"a":[1]})"));
  form.check_kept(data);
}

TEST_CASE("0.3 REST: data that is no object is wrapped into one, marked, and taken out again") {
  for (const auto& value : {json(42), json(nullptr), json::array({1, 2})}) {
    CAPTURE(value.dump());
    const auto wrapped = form.written(sample_data(value));
    CHECK(wrapped == json{{"data", {{"data", {{"value", value}}}}}, {"metadata", {{"data_part_compat", true}}}});
    CHECK(form.read(wrapped).data == value);
    CHECK(form.read(wrapped).metadata.is_null());
  }
}

TEST_CASE("0.3 REST: every wrong place of a send is named") {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "/message\n"},
      {R"({"request":[]})", "/request\n"},
      {R"({"message":{"role":"ROLE_AGENT"}})", "/message/messageId\n/message/role\n/message/content\n"},
      {R"({"message":{"messageId":"m","role":"user","content":[]}})", "/message/role\n/message/content\n"},
      {R"({"message":{"messageId":"m","content":[{},{"text":"a","data":{"data":{}}},{"text":1},{"kind":"text"},7]}})",
       "/message/content/0\n/message/content/1\n/message/content/2/text\n/message/content/3\n/message/content/4\n"},
      {R"({"message":{"messageId":"m","content":[{"data":{}},{"data":{"data":[1]}},{"data":[]},{"file":{}},
          {"file":{"fileWithBytes":"?"}},{"file":{"fileWithUri":""}}]}})",
       "/message/content/0/data/data\n/message/content/1/data/data\n/message/content/2/data\n/message/content/3/file\n"
       "/message/content/4/file/fileWithBytes\n/message/content/5/file/fileWithUri\n"},
      {R"({"message":{"messageId":"m","content":[{"text":"a"}]},"configuration":{"pushNotification":{}}})",
       "/configuration/pushNotification/url\n"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(places(codec_v0_3_rest().read_send(json::parse(text))) == expected);
  }
}

TEST_CASE("0.3 REST: a task is meant by what the path says, else by its resource's name") {
  CHECK(codec_v0_3_rest().read_get({{"id", "t-1"}, {"historyLength", "2"}})->id == "t-1");
  CHECK(codec_v0_3_rest().read_get({{"id", "t-1"}, {"historyLength", "2"}})->history_length == 2);
  CHECK(codec_v0_3_rest().read_get({{"id", "t-1"}, {"history_length", "0"}})->history_length == 0);
  CHECK(codec_v0_3_rest().read_task({{"name", "tasks/t-2"}})->id == "t-2");
  CHECK(codec_v0_3_rest().read_task({{"id", "t-1"}, {"name", "tasks/t-2"}})->id == "t-1");
  CHECK(codec_v0_3_rest().read_task({{"name", "agents/t-2"}})->id.empty());
  CHECK(places(codec_v0_3_rest().read_get({{"id", "t-1"}, {"historyLength", "x"}})) == "/historyLength\n");
}

TEST_CASE("0.3 REST: there is no list of tasks") {
  CHECK(codec_v0_3_rest().read_list(json::object()).error().code == errc::unsupported);
  CHECK(codec_v0_3_rest().version() == a2a::version::v0_3);
}

TEST_CASE("0.3 REST: the body of a new push configuration is the configuration, or the whole request") {
  const auto own = codec_v0_3_rest().read_push(json::parse(
      R"({"name":"tasks/t-1/pushNotificationConfigs/p-1","pushNotificationConfig":{"id":"p-1","url":"https://example.org/h"}})"));
  REQUIRE(own);
  CHECK(own->task_id == "t-1");
  CHECK(own->config.id == "p-1");
  CHECK(own->config.url == "https://example.org/h");

  const auto whole = codec_v0_3_rest().read_push(json::parse(
      R"({"parent":"tasks/t-1","configId":"p-1","config":{"pushNotificationConfig":{"url":"https://example.org/h"}}})"));
  REQUIRE(whole);
  CHECK(whole->task_id == "t-1");
  CHECK(whole->config.id == "p-1");

  const auto named = codec_v0_3_rest().read_push(json::parse(
      R"({"name":"tasks/t-1/pushNotificationConfigs/p-1","pushNotificationConfig":{"url":"https://example.org/h"}})"));
  REQUIRE(named);
  CHECK(named->config.id == "p-1");
  const auto long_name = "tasks/t-1/pushNotificationConfigs/" + std::string(limits::client_id_bytes + 1, 'p');
  CHECK(places(codec_v0_3_rest().read_push(
            {{"name", long_name}, {"pushNotificationConfig", {{"url", "https://example.org/h"}}}})) == "/name\n");

  // A client that gives no id ends the name with a slash; and what the path says wins.
  const auto none = codec_v0_3_rest().read_push(json::parse(
      R"({"taskId":"t-2","name":"tasks/t-1/pushNotificationConfigs/","pushNotificationConfig":{"url":"https://example.org/h"}})"));
  REQUIRE(none);
  CHECK(none->task_id == "t-2");
  CHECK(none->config.id.empty());

  CHECK(places(codec_v0_3_rest().read_push(json::object())) == "/pushNotificationConfig\n");
  CHECK(places(codec_v0_3_rest().read_push({{"config", json::object()}})) == "/config/pushNotificationConfig\n");
  CHECK(places(codec_v0_3_rest().read_push(json::array())) == "\n");
}

TEST_CASE("0.3 REST: push configurations are asked for by path, with as many in a page as there may be") {
  const auto one = codec_v0_3_rest().read_push_id({{"taskId", "t-1"}, {"id", "p-1"}});
  REQUIRE(one);
  CHECK(one->task_id == "t-1");
  CHECK(one->id == "p-1");
  CHECK(one->page_size == 64);
  const auto named = codec_v0_3_rest().read_push_id({{"name", "tasks/t-1/pushNotificationConfigs/p-1"}});
  CHECK(named->task_id == "t-1");
  CHECK(named->id == "p-1");
  const auto page = codec_v0_3_rest().read_push_id({{"parent", "tasks/t-1"}, {"pageSize", "5"}, {"pageToken", "x"}});
  CHECK(page->task_id == "t-1");
  CHECK(page->id.empty());
  CHECK(page->page_size == 5);
  CHECK(page->page_token == "x");
}

TEST_CASE("0.3 REST: a send is answered with the task or the message inside a member") {
  auto task = sample_task(core::task_state::canceled);
  task.row.status.message = core::text_message(core::role::agent, "m-3", "stopped");
  task.history.resize(1);
  std::string out;
  codec_v0_3_rest().append_sent_task(out, task, {});
  CHECK(out ==
        R"({"task":{"id":")" + sample_id +
            R"(","contextId":"c-1","status":{"state":"TASK_STATE_CANCELLED","message":{"messageId":"m-3","contextId":"c-1",)"
            R"("taskId":")" +
            sample_id +
            R"(","role":"ROLE_AGENT","content":[{"text":"stopped"}]},"timestamp":"2026-01-31T09:00:00.123Z"},)"
            R"("artifacts":[{"artifactId":"a-1","name":"forecast","parts":[{"text":"sunny"}]}],)"
            R"("history":[{"messageId":"m-1","contextId":"c-1","taskId":")" +
            sample_id + R"(","role":"ROLE_USER","content":[{"text":"hello"}]}]}})");

  out.clear();
  codec_v0_3_rest().append_sent_message(out, sample_message(), {{}, "c-1"});
  CHECK(out == R"({"message":{"messageId":"m-9","contextId":"c-1","role":"ROLE_AGENT","content":[{"text":"hi"},)"
               R"({"file":{"fileWithBytes":"aGk=","mimeType":"image/png","name":"a.png"}},)"
               R"({"file":{"fileWithUri":"https://example.org/b"}},{"data":{"data":{"deep":[1,2]}},"metadata":{"k":"v"}},)"
               R"({"data":{"data":{"value":42}},"metadata":{"data_part_compat":true}}],"metadata":{"lang":"en"},)"
               R"("extensions":["https://example.org/ext/v1"]}})");
}

TEST_CASE("0.3 REST: states have the names of the proto") {
  const std::pair<core::task_state, const char*> all[] = {{core::task_state::submitted, "TASK_STATE_SUBMITTED"},
                                                          {core::task_state::working, "TASK_STATE_WORKING"},
                                                          {core::task_state::input_required, "TASK_STATE_INPUT_REQUIRED"},
                                                          {core::task_state::auth_required, "TASK_STATE_AUTH_REQUIRED"},
                                                          {core::task_state::completed, "TASK_STATE_COMPLETED"},
                                                          {core::task_state::failed, "TASK_STATE_FAILED"},
                                                          {core::task_state::canceled, "TASK_STATE_CANCELLED"},
                                                          {core::task_state::rejected, "TASK_STATE_REJECTED"}};
  for (const auto& [state, name] : all) CHECK(form.task(sample_task(state))["status"]["state"] == name);
}

TEST_CASE("0.3 REST: updates say that they are the last, that they go on, or nothing") {
  const auto status = sample_task().row.status;
  std::string out;
  codec_v0_3_rest().append_status(out, {status, true}, sample_names);
  CHECK(out == R"({"statusUpdate":{"taskId":")" + sample_id +
                   R"(","contextId":"c-1","status":{"state":"TASK_STATE_COMPLETED","timestamp":"2026-01-31T09:00:00.123Z"},)"
                   R"("final":true}})");
  out.clear();
  codec_v0_3_rest().append_status(out, {status, false}, sample_names);
  CHECK_FALSE(json::parse(out)["statusUpdate"].contains("final"));

  core::artifact artifact;
  artifact.artifact_id = "a-1";
  artifact.parts = {sample_part(type::text, "x")};
  out.clear();
  codec_v0_3_rest().append_artifact(out, {artifact, true, true}, sample_names);
  CHECK(out == R"({"artifactUpdate":{"taskId":")" + sample_id +
                   R"(","contextId":"c-1","artifact":{"artifactId":"a-1","parts":[{"text":"x"}]},"append":true,)"
                   R"("lastChunk":true}})");
  out.clear();
  codec_v0_3_rest().append_artifact(out, {artifact, false, false}, sample_names);
  CHECK_FALSE(json::parse(out)["artifactUpdate"].contains("append"));
  CHECK_FALSE(json::parse(out)["artifactUpdate"].contains("lastChunk"));
}

TEST_CASE("0.3 REST: the code of a status goes with the task's metadata") {
  auto task = sample_task(core::task_state::failed);
  task.row.status.code = "quarantined";
  CHECK(form.task(task)["metadata"] == json{{"mofa.dev/code", "quarantined"}});
}

TEST_CASE("0.3 REST: push configurations are named as resources, and shown without credentials") {
  const auto expected =
      R"({"name":"tasks/)" + sample_id +
      R"(/pushNotificationConfigs/p-1","pushNotificationConfig":{"id":"p-1","url":"https://example.org/hook",)"
      R"("token":"t0k","authentication":{"schemes":["Bearer"]}}})";
  std::string out;
  codec_v0_3_rest().append_push(out, sample_push());
  CHECK(out == expected);
  out.clear();
  codec_v0_3_rest().append_pushes(out, {sample_push(), sample_push()}, "more");
  CHECK(out == R"({"configs":[)" + expected + "," + expected + R"(],"nextPageToken":"more"})");
  out.clear();
  codec_v0_3_rest().append_pushes(out, {}, "");
  CHECK(out == R"({"configs":[]})");
}

TEST_CASE("0.3 REST: too many parts, and files with endless names, are refused") {
  const auto wrong = [](const json& parts) { return places(codec_v0_3_rest().read_send(form.sending(parts))); };
  const json part{{"text", ""}};
  CHECK(wrong(json::array_t(a2a::parts_max, part)) == "");
  CHECK(wrong(json::array_t(a2a::parts_max + 1, part)) == "/message/content\n");
  const auto file = [](std::size_t type_bytes, std::size_t name_bytes) {
    return json::array({{{"file",
                          {{"fileWithUri", "https://example.org/a"},
                           {"mimeType", std::string(type_bytes, 't')},
                           {"name", std::string(name_bytes, 'n')}}}}});
  };
  CHECK(wrong(file(limits::reference_bytes, limits::reference_bytes)) == "");
  CHECK(wrong(file(limits::reference_bytes + 1, limits::reference_bytes + 1)) ==
        "/message/content/0/file/mimeType\n/message/content/0/file/name\n");
}
