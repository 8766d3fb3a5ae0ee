#include <doctest/doctest.h>

#include "protocols/core/fields.hpp"
#include "tests/unit/protocols/a2a/v0_3_samples.hpp"

using namespace mofa;
using namespace mofa::a2a::testing;
using a2a::codec_v0_3;
using core::json;
using type = core::part::type;

namespace {

const sample_form form{codec_v0_3(), {{"kind", "message"}, {"messageId", "m-1"}, {"role", "user"}}, "parts"};

}  // namespace

TEST_CASE("0.3: a message that is sent is read with everything in it") {
  const auto read = codec_v0_3().read_send(json::parse(R"({
    "message": {"kind": "message", "messageId": "m-1", "role": "user", "contextId": "c-1", "taskId": "t-1",
                "parts": [{"kind": "text", "text": "hi"}], "metadata": {"a": 1}, "extensions": ["https://example.org/e"],
                "referenceTaskIds": ["t-0"]},
    "configuration": {"acceptedOutputModes": ["text/plain"], "historyLength": 3, "blocking": false,
                      "pushNotificationConfig": {"id": "p", "url": "https://example.org/h", "token": "t",
                                                 "authentication": {"schemes": ["Bearer", "Basic"], "credentials": "s"}}},
    "metadata": {"b": 2}, "unknown": true})"));
  REQUIRE(read);
  CHECK(read->tenant.empty());
  CHECK(read->message.message_id == "m-1");
  CHECK(read->message.role == core::role::user);
  CHECK(read->message.text() == "hi");
  CHECK(read->message.metadata == json{{"a", 1}});
  CHECK(read->message.extensions == std::vector<std::string>{"https://example.org/e"});
  CHECK(read->message.reference_task_ids == std::vector<std::string>{"t-0"});
  CHECK(read->context_id == "c-1");
  CHECK(read->task_id == "t-1");
  CHECK(read->accepted_output_modes == std::vector<std::string>{"text/plain"});
  CHECK(read->history_length == 3);
  CHECK(read->return_immediately);
  REQUIRE(read->push);
  CHECK(read->push->task_id.empty());
  CHECK(read->push->config.id == "p");
  CHECK(read->push->config.url == "https://example.org/h");
  CHECK(read->push->config.token == "t");
  CHECK(read->push->config.scheme == "Bearer");
  CHECK(read->push->config.credentials == "s");
  CHECK(read->metadata == json{{"b", 2}});
}

TEST_CASE("0.3: a send waits unless it says that it does not") {
  const auto waits = [](const char* configuration) {
    auto params = form.sending({{{"kind", "text"}, {"text", "hi"}}});
    if (configuration != nullptr) params["configuration"] = json::parse(configuration);
    const auto read = codec_v0_3().read_send(params);
    REQUIRE(read);
    return !read->return_immediately;
  };
  CHECK(waits(nullptr));
  CHECK(waits("{}"));
  CHECK(waits(R"({"blocking":null})"));
  CHECK(waits(R"({"blocking":true})"));
  CHECK_FALSE(waits(R"({"blocking":false})"));
}

TEST_CASE("0.3: no history is asked for by 0, all of it by nothing") {
  auto params = form.sending({{{"kind", "text"}, {"text", "hi"}}});
  CHECK(codec_v0_3().read_send(params)->history_length == std::nullopt);
  params["configuration"] = {{"historyLength", 0}};
  CHECK(codec_v0_3().read_send(params)->history_length == 0);
}

TEST_CASE("0.3: members are found in snake_case too, and the role may be left out") {
  const auto read = codec_v0_3().read_send(
      json::parse(R"({"message":{"message_id":"m","context_id":"c","parts":[{"kind":"text","text":""}]}})"));
  REQUIRE(read);
  CHECK(read->message.message_id == "m");
  CHECK(read->context_id == "c");
  CHECK(read->message.role == core::role::user);
}

TEST_CASE("0.3: parts of each kind go in and out") {
  const auto text = json::parse(R"({"kind":"text","text":"hi","metadata":{"k":1}})");
  CHECK(form.read(text).text == "hi");
  CHECK(form.read(text).metadata == json{{"k", 1}});
  form.check_kept(text);

  const auto bytes = json::parse(R"({"kind":"file","file":{"bytes":"aGk=","mimeType":"image/png","name":"a.png"}})");
  CHECK(form.read(bytes).kind == type::raw);
  CHECK(form.read(bytes).text == "aGk=");
  CHECK(form.read(bytes).media_type == "image/png");
  CHECK(form.read(bytes).filename == "a.png");
  form.check_kept(bytes);

  const auto uri = json::parse(R"({"kind":"file","file":{"uri":"https://example.org/a"}})");
  CHECK(form.read(uri).kind == type::url);
  CHECK(form.read(uri).text == "https://example.org/a");
  form.check_kept(uri);

  const auto data = json::parse(R"({"kind":"data","data":{"a":[1]},"metadata":{"k":1}})");
  CHECK(form.read(data).kind == type::data);
  CHECK(form.read(data).data == json::parse(R"({"a":[1]})"));
  form.check_kept(data);
}

TEST_CASE("0.3: bytes come in either alphabet, with or without padding, and go out in the standard one") {
  CHECK(form.read(json::parse(R"({"kind":"file","file":{"bytes":"-_8"}})")).text == "+/8=");
  CHECK(form.read(json::parse(R"({"kind":"file","file":{"bytes":"+/8="}})")).text == "+/8=");
}

TEST_CASE("0.3: data that is no object is wrapped into one, marked, and taken out again") {
  for (const auto& value : {json(42), json("text"), json(nullptr), json::array({1, 2}), json(true)}) {
    CAPTURE(value.dump());
    const auto plain = form.written(sample_data(value));
    CHECK(plain == json{{"kind", "data"}, {"data", {{"value", value}}}, {"metadata", {{"data_part_compat", true}}}});
    CHECK(form.read(plain).data == value);
    CHECK(form.read(plain).metadata.is_null());

    const auto kept = form.written(sample_data(value, {{"k", "v"}}));
    CHECK(kept["metadata"] == json{{"data_part_compat", true}, {"k", "v"}});
    CHECK(form.read(kept).data == value);
    CHECK(form.read(kept).metadata == json{{"k", "v"}});
  }
}

TEST_CASE("0.3: an object with a value in it is not taken apart when nothing says so") {
  const auto same = json::parse(R"({"kind":"data","data":{"value":1},"metadata":{"data_part_compat":false}})");
  CHECK(form.read(same).data == json{{"value", 1}});
  CHECK(form.read(same).metadata == json{{"data_part_compat", false}});
  CHECK(form.read({{"kind", "data"}, {"data", {{"value", 1}}}}).data == json{{"value", 1}});
}

TEST_CASE("0.3: what is no object is taken as data too, as the SDKs take it") {
  CHECK(form.read({{"kind", "data"}, {"data", {1, 2}}}).data == json{1, 2});
  CHECK(form.read({{"kind", "data"}, {"data", nullptr}}).data.is_null());
}

TEST_CASE("0.3: every wrong place of a send is named") {
  const std::pair<const char*, const char*> cases[] = {
      {"[]", "\n"},
      {"null", "\n"},
      {"{}", "/message\n"},
      {R"({"message":"hi"})", "/message\n"},
      {R"({"message":{}})", "/message/messageId\n/message/parts\n"},
      {R"({"message":{"messageId":"","parts":[]}})", "/message/messageId\n/message/parts\n"},
      {R"({"message":{"messageId":"m","parts":"hi"}})", "/message/parts\n"},
      {R"({"message":{"messageId":"m","role":"agent","parts":[{"kind":"text","text":"a"}]}})", "/message/role\n"},
      {R"({"message":{"messageId":"m","role":"boss","parts":[{"kind":"text","text":"a"}]}})", "/message/role\n"},
      {R"({"message":{"messageId":"m","parts":[{"text":"a"},{"kind":"voice"},"x"]}})",
       "/message/parts/0/kind\n/message/parts/1/kind\n/message/parts/2\n"},
      {R"({"message":{"messageId":"m","parts":[{"kind":"text"},{"kind":"text","text":1},{"kind":"data"},{"kind":"file"}]}})",
       "/message/parts/0/text\n/message/parts/1/text\n/message/parts/2/data\n/message/parts/3/file\n"},
      {R"({"message":{"messageId":"m","parts":[{"kind":"file","file":{}},{"kind":"file","file":{"bytes":"aGk=","uri":"x"}},
          {"kind":"file","file":{"bytes":"?"}},{"kind":"file","file":{"uri":""}},{"kind":"file","file":"x"}]}})",
       "/message/parts/0/file\n/message/parts/1/file\n/message/parts/2/file/bytes\n/message/parts/3/file/uri\n"
       "/message/parts/4/file\n"},
      {R"({"message":{"messageId":"m","parts":[{"kind":"text","text":"a","metadata":[]}],"metadata":1,"extensions":"e"}})",
       "/message/parts/0/metadata\n/message/metadata\n/message/extensions\n"},
      {R"({"message":{"messageId":"m","parts":[{"kind":"text","text":"a"}]},"configuration":{"historyLength":-1,"blocking":"x",
          "acceptedOutputModes":"text","pushNotificationConfig":{"url":"ftp://x","authentication":{"schemes":["a b"]}}}})",
       "/configuration/acceptedOutputModes\n/configuration/historyLength\n/configuration/blocking\n"
       "/configuration/pushNotificationConfig/url\n/configuration/pushNotificationConfig/authentication/schemes\n"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(places(codec_v0_3().read_send(json::parse(text))) == expected);
  }
}

TEST_CASE("0.3: a message of a thousand wrong parts is told of a few of them") {
  const auto read = codec_v0_3().read_send(form.sending(json(std::vector<json>(1'000, json{{"kind", "voice"}}))));
  REQUIRE_FALSE(read);
  CHECK(read.error().fields.size() == core::max_field_errors);
}

TEST_CASE("0.3: tasks are asked for by id") {
  const auto get = codec_v0_3().read_get({{"id", "t-1"}, {"historyLength", 2}, {"metadata", json::object()}});
  REQUIRE(get);
  CHECK(get->id == "t-1");
  CHECK(get->history_length == 2);
  CHECK(codec_v0_3().read_task({{"id", "t-1"}})->id == "t-1");
  CHECK(places(codec_v0_3().read_get({{"historyLength", "x"}})) == "/id\n/historyLength\n");
  CHECK(places(codec_v0_3().read_task({{"id", 7}})) == "/id\n");
}

TEST_CASE("0.3: there is no list of tasks") {
  const auto read = codec_v0_3().read_list(json::object());
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::unsupported);
  CHECK(codec_v0_3().version() == a2a::version::v0_3);
}

TEST_CASE("0.3: a push configuration is set, and asked for by the ids of its task and its own") {
  const auto set = codec_v0_3().read_push(json::parse(
      R"({"taskId":"t-1","pushNotificationConfig":{"id":"p-1","url":"https://example.org/h","authentication":{"schemes":[]}}})"));
  REQUIRE(set);
  CHECK(set->task_id == "t-1");
  CHECK(set->config.id == "p-1");
  CHECK(set->config.url == "https://example.org/h");
  CHECK(set->config.scheme.empty());

  const auto one = codec_v0_3().read_push_id({{"id", "t-1"}, {"pushNotificationConfigId", "p-1"}});
  REQUIRE(one);
  CHECK(one->task_id == "t-1");
  CHECK(one->id == "p-1");
  CHECK(one->page_size == 64);
  CHECK(places(codec_v0_3().read_push(json::object())) == "/taskId\n/pushNotificationConfig\n");
  CHECK(places(codec_v0_3().read_push({{"taskId", "t"}, {"pushNotificationConfig", json::object()}})) ==
        "/pushNotificationConfig/url\n");
  CHECK(places(codec_v0_3().read_push_id(json::object())) == "/id\n");
}

TEST_CASE("0.2: a push configuration without an id has that of its task") {
  CHECK(codec_v0_3()
            .read_push({{"taskId", "t-1"}, {"pushNotificationConfig", {{"url", "https://example.org/h"}}}})
            ->config.id == "t-1");
  CHECK(codec_v0_3().read_push_id({{"id", "t-1"}})->id == "t-1");
}

TEST_CASE("0.3: a task is written with its kind, and with the ids of the task in its messages") {
  auto task = sample_task();
  task.row.status.message = core::text_message(core::role::agent, "m-3", "done");
  std::string out;
  codec_v0_3().append_sent_task(out, task, {});
  CHECK(
      out ==
      R"({"kind":"task","id":")" + sample_id +
          R"(","contextId":"c-1","status":{"state":"completed","message":{"kind":"message","messageId":"m-3","contextId":"c-1",)"
          R"("taskId":")" +
          sample_id +
          R"(","role":"agent","parts":[{"kind":"text","text":"done"}]},"timestamp":"2026-01-31T09:00:00.123Z"},)"
          R"("artifacts":[{"artifactId":"a-1","name":"forecast","parts":[{"kind":"text","text":"sunny"}]}],)"
          R"("history":[{"kind":"message","messageId":"m-1","contextId":"c-1","taskId":")" +
          sample_id +
          R"(","role":"user","parts":[{"kind":"text","text":"hello"}]},{"kind":"message","messageId":"m-2","contextId":"c-1",)"
          R"("taskId":")" +
          sample_id + R"(","role":"agent","parts":[{"kind":"text","text":"hi"}]}]})");
}

TEST_CASE("0.3: a task shows as much history as is asked for, and no member of what it does not have") {
  auto task = sample_task();
  const auto history = [&](std::size_t count) { return form.task(task, {count, false}); };
  CHECK(history(1)["history"].size() == 1);
  CHECK(history(1)["history"][0]["messageId"] == "m-2");
  CHECK(history(5)["history"].size() == 2);
  CHECK_FALSE(history(0).contains("history"));
  CHECK_FALSE(history(5).contains("artifacts"));
  task.artifacts.clear();
  task.history.clear();
  CHECK(form.task_text(task) ==
        R"({"kind":"task","id":")" + sample_id +
            R"(","contextId":"c-1","status":{"state":"completed","timestamp":"2026-01-31T09:00:00.123Z"}})");
}

TEST_CASE("0.3: states have the names of the schema") {
  const std::pair<core::task_state, const char*> all[] = {{core::task_state::submitted, "submitted"},
                                                          {core::task_state::working, "working"},
                                                          {core::task_state::input_required, "input-required"},
                                                          {core::task_state::auth_required, "auth-required"},
                                                          {core::task_state::completed, "completed"},
                                                          {core::task_state::failed, "failed"},
                                                          {core::task_state::canceled, "canceled"},
                                                          {core::task_state::rejected, "rejected"}};
  for (const auto& [state, name] : all) CHECK(form.task(sample_task(state))["status"]["state"] == name);
}

TEST_CASE("0.3: a message is written with all its parts, and without the ids that it does not have") {
  std::string out;
  codec_v0_3().append_sent_message(out, sample_message(), {{}, "c-1"});
  CHECK(
      out ==
      R"({"kind":"message","messageId":"m-9","contextId":"c-1","role":"agent","parts":[{"kind":"text","text":"hi"},)"
      R"({"kind":"file","file":{"bytes":"aGk=","mimeType":"image/png","name":"a.png"}},)"
      R"({"kind":"file","file":{"uri":"https://example.org/b"}},{"kind":"data","data":{"deep":[1,2]},"metadata":{"k":"v"}},)"
      R"({"kind":"data","data":{"value":42},"metadata":{"data_part_compat":true}}],"metadata":{"lang":"en"},)"
      R"("extensions":["https://example.org/ext/v1"],"referenceTaskIds":["t-0"]})");
}

TEST_CASE("0.3: updates carry their kind, the end of the stream, and how a chunk goes on") {
  auto status = sample_task(core::task_state::failed).row.status;
  status.code = "timeout";
  std::string out;
  codec_v0_3().append_status(out, {status, true}, sample_names);
  CHECK(out == R"({"kind":"status-update","taskId":")" + sample_id +
                   R"(","contextId":"c-1","status":{"state":"failed","timestamp":"2026-01-31T09:00:00.123Z"},)"
                   R"("metadata":{"mofa.dev/code":"timeout"},"final":true})");
  out.clear();
  codec_v0_3().append_status(out, {sample_task(core::task_state::working).row.status, false}, sample_names);
  CHECK(json::parse(out)["final"] == false);

  out.clear();
  core::artifact artifact;
  artifact.artifact_id = "a-1";
  artifact.parts = {sample_part(type::text, "x")};
  artifact.description = "about it";
  artifact.metadata = {{"k", 1}};
  artifact.extensions = {"https://example.org/e"};
  codec_v0_3().append_artifact(out, {artifact, true, false}, sample_names);
  CHECK(out == R"({"kind":"artifact-update","taskId":")" + sample_id +
                   R"(","contextId":"c-1","artifact":{"artifactId":"a-1","description":"about it",)"
                   R"("parts":[{"kind":"text","text":"x"}],"metadata":{"k":1},"extensions":["https://example.org/e"]},)"
                   R"("append":true,"lastChunk":false})");
}

TEST_CASE("0.3: a task says behind its artifacts what its last model call said") {
  auto task = sample_task();
  task.spoken = "so far";
  const auto artifacts = form.task(task)["artifacts"];
  REQUIRE(artifacts.size() == 2);
  CHECK(artifacts[1]["artifactId"] == "spoken-text");
  CHECK(artifacts[1]["parts"][0]["text"] == "so far");
}

TEST_CASE("0.3: push configurations are shown without credentials, and a list of them is an array") {
  const auto expected = R"({"taskId":")" + sample_id +
                        R"(","pushNotificationConfig":{"id":"p-1","url":"https://example.org/hook","token":"t0k",)"
                        R"("authentication":{"schemes":["Bearer"]}}})";
  std::string out;
  codec_v0_3().append_push(out, sample_push());
  CHECK(out == expected);
  auto plain = sample_push();
  plain.token.clear();
  plain.scheme.clear();
  out.clear();
  codec_v0_3().append_pushes(out, {sample_push(), plain}, "more");
  CHECK(out == "[" + expected + R"(,{"taskId":")" + sample_id +
                   R"(","pushNotificationConfig":{"id":"p-1","url":"https://example.org/hook"}}])");
  out.clear();
  codec_v0_3().append_pushes(out, {}, "");
  CHECK(out == "[]");
}

TEST_CASE("0.3: bytes that are not UTF-8 do not break an answer") {
  core::message broken = core::text_message(core::role::agent, "m",
                                            "a\xff"
                                            "b");
  broken.parts.push_back(sample_data({{"k", "\xfe"}}));
  std::string out;
  codec_v0_3().append_sent_message(out, broken, {});
  CHECK(json::accept(out));
}
