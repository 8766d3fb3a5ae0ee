#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "protocols/a2a/codec.hpp"

using namespace mofa;
using a2a::shown;
using core::json;
using core::part;

namespace {

const a2a::codec& codec() { return a2a::codec_v1(); }
const std::string some_id = "0190163d-8694-739b-aea5-966c26f8ad91";
const a2a::task_names names{"t1", "c1"};

time_point moment() { return parse_rfc3339("2026-01-31T09:00:00.123Z").value(); }

core::task simple_task(core::task_state state = core::task_state::working) {
  core::task out;
  out.row.id = task_id::parse(some_id).value();
  out.row.context_id = "c1";
  out.row.status.state = state;
  out.row.status.timestamp = moment();
  return out;
}

part raw_part() {
  part out;
  out.kind = part::type::raw;
  out.text = "QUJD";
  out.media_type = "image/png";
  out.filename = "a.png";
  out.metadata = json{{"w", 1}};
  return out;
}

part data_part(json value) {
  part out;
  out.kind = part::type::data;
  out.data = std::move(value);
  return out;
}

part url_part() {
  part out;
  out.kind = part::type::url;
  out.text = "https://example.org/a";
  return out;
}

core::artifact artifact_of(std::string artifact_id, std::vector<part> parts) {
  core::artifact out;
  out.artifact_id = std::move(artifact_id);
  out.parts = std::move(parts);
  return out;
}

std::string task_text(const core::task& what, const shown& how = {}) {
  std::string out;
  codec().append_task(out, what, how);
  return out;
}

}  // namespace

TEST_CASE("a task that has nothing yet is its ids and its status") {
  CHECK(task_text(simple_task()) == "{\"id\":\"" + some_id +
                                        R"(","contextId":"c1","status":{"state":"TASK_STATE_WORKING",)"
                                        R"("timestamp":"2026-01-31T09:00:00.123Z"}})");
}

TEST_CASE("each state has its name") {
  using core::task_state;
  const std::vector<std::pair<task_state, std::string>> states{{task_state::submitted, "TASK_STATE_SUBMITTED"},
                                                               {task_state::working, "TASK_STATE_WORKING"},
                                                               {task_state::input_required, "TASK_STATE_INPUT_REQUIRED"},
                                                               {task_state::auth_required, "TASK_STATE_AUTH_REQUIRED"},
                                                               {task_state::completed, "TASK_STATE_COMPLETED"},
                                                               {task_state::failed, "TASK_STATE_FAILED"},
                                                               {task_state::canceled, "TASK_STATE_CANCELED"},
                                                               {task_state::rejected, "TASK_STATE_REJECTED"}};
  for (const auto& [state, name] : states) {
    CAPTURE(name);
    CHECK(json::parse(task_text(simple_task(state)))["status"]["state"] == name);
    CHECK(codec().read_list({{"status", name}})->state == state);
  }
}

TEST_CASE("a whole task is its artifacts, what was spoken, its history and the code of its end") {
  auto task = simple_task(core::task_state::failed);
  task.row.status.code = "limit_exceeded";
  task.row.status.message = core::text_message(core::role::agent, "m3", "too much");
  auto artifact = artifact_of("a1", {raw_part(), data_part({{"n", {1, 2}}}), url_part()});
  artifact.name = "picture";
  artifact.description = "a \"quote\"";
  artifact.metadata = json{{"k", nullptr}};
  artifact.extensions = {"https://e"};
  task.artifacts = {artifact};
  task.spoken = "Hello\n\xe2\x82\xac";
  auto asked = core::text_message(core::role::user, "m1", "draw");
  asked.metadata = json{{"q", 1}};
  asked.extensions = {"https://x"};
  asked.reference_task_ids = {"r1", "r2"};
  task.history = {asked, core::text_message(core::role::agent, "m2", "")};

  CHECK(
      task_text(task) ==
      "{\"id\":\"" + some_id +
          R"(","contextId":"c1","status":{"state":"TASK_STATE_FAILED","message":{"messageId":"m3","contextId":"c1","taskId":")" +
          some_id +
          R"(","role":"ROLE_AGENT","parts":[{"text":"too much"}]},"timestamp":"2026-01-31T09:00:00.123Z"},)"
          R"("artifacts":[{"artifactId":"a1","name":"picture","description":"a \"quote\"","parts":[)"
          R"({"raw":"QUJD","metadata":{"w":1},"filename":"a.png","mediaType":"image/png"},{"data":{"n":[1,2]}},)"
          R"({"url":"https://example.org/a"}],"metadata":{"k":null},"extensions":["https://e"]},)"
          "{\"artifactId\":\"spoken-text\",\"name\":\"spoken text\",\"parts\":[{\"text\":\"Hello\\n\xe2\x82\xac\"}]}],"
          R"("history":[{"messageId":"m1","contextId":"c1","taskId":")" +
          some_id +
          R"(","role":"ROLE_USER","parts":[{"text":"draw"}],"metadata":{"q":1},"extensions":["https://x"],)"
          R"("referenceTaskIds":["r1","r2"]},{"messageId":"m2","contextId":"c1","taskId":")" +
          some_id + R"(","role":"ROLE_AGENT","parts":[{"text":""}]}],"metadata":{"mofa.dev/code":"limit_exceeded"}})");
}

TEST_CASE("the artifacts of a task are its own, and what was spoken behind them") {
  auto task = simple_task();
  CHECK(a2a::artifacts_of(task).empty());
  task.spoken = "words";
  REQUIRE(a2a::artifacts_of(task).size() == 1);
  CHECK(json::parse(task_text(task))["artifacts"].size() == 1);
  task.artifacts = {artifact_of("a", {url_part()}), artifact_of("b", {url_part()})};
  const auto all = a2a::artifacts_of(task);
  REQUIRE(all.size() == 3);
  CHECK(all[0].artifact_id == "a");
  CHECK(all[2].artifact_id == a2a::spoken_artifact_id);
  REQUIRE(all[2].parts.size() == 1);
  CHECK(all[2].parts[0].kind == part::type::text);
  CHECK(all[2].parts[0].text == "words");
  const auto written = json::parse(task_text(task))["artifacts"];
  REQUIRE(written.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(written[i]["artifactId"] == all[i].artifact_id);
}

TEST_CASE("history is the last so many messages, and no member at all for none") {
  auto task = simple_task();
  for (const std::string each : {"m1", "m2", "m3"}) task.history.push_back(core::text_message(core::role::user, each, each));
  const auto ids = [&](std::size_t count) {
    shown how;
    how.history = count;
    std::vector<std::string> out;
    const auto written = json::parse(task_text(task, how));
    for (const auto& each : written["history"]) out.push_back(each["messageId"]);
    return out;
  };
  CHECK(ids(1) == std::vector<std::string>{"m3"});
  CHECK(ids(2) == std::vector<std::string>{"m2", "m3"});
  CHECK(ids(3) == std::vector<std::string>{"m1", "m2", "m3"});
  CHECK(ids(100) == ids(3));
  shown none;
  none.history = 0;
  CHECK_FALSE(json::parse(task_text(task, none)).contains("history"));
  CHECK_FALSE(json::parse(task_text(simple_task())).contains("history"));
}

TEST_CASE("artifacts are left out when they are not shown") {
  auto task = simple_task();
  task.artifacts = {artifact_of("a", {url_part()})};
  task.spoken = "x";
  shown how;
  how.artifacts = false;
  CHECK_FALSE(json::parse(task_text(task, how)).contains("artifacts"));
}

TEST_CASE("a message has the ids that it is given, and parts even when there are none") {
  auto said = core::text_message(core::role::agent, "m", "hi");
  std::string out;
  codec().append_sent_message(out, said, {{}, "c1"});
  CHECK(out == R"({"message":{"messageId":"m","contextId":"c1","role":"ROLE_AGENT","parts":[{"text":"hi"}]}})");
  out.clear();
  said.parts.clear();
  codec().append_sent_message(out, said, {});
  CHECK(out == R"({"message":{"messageId":"m","role":"ROLE_AGENT","parts":[]}})");
}

TEST_CASE("data is any JSON value") {
  for (const auto& value : std::vector<json>{nullptr, 1, "x", json::array(), json::object(), true}) {
    core::message said;
    said.message_id = "m";
    said.parts = {data_part(value)};
    std::string out;
    codec().append_sent_message(out, said, {});
    CHECK(json::parse(out)["message"]["parts"] == json::array({json{{"data", value}}}));
  }
}

TEST_CASE("what send answers says which of the two it is") {
  std::string out;
  codec().append_sent_task(out, simple_task(), {});
  CHECK(out == "{\"task\":" + task_text(simple_task()) + "}");
  out.clear();
  codec().append_sent_message(out, core::text_message(core::role::agent, "m", "hi"), {{}, "c1"});
  CHECK(out == R"({"message":{"messageId":"m","contextId":"c1","role":"ROLE_AGENT","parts":[{"text":"hi"}]}})");
}

TEST_CASE("a status update is wrapped, and has the message and the code") {
  core::task_status status;
  status.state = core::task_state::input_required;
  status.timestamp = moment();
  std::string out;
  codec().append_status(out, {status, true}, names);
  CHECK(out == R"({"statusUpdate":{"taskId":"t1","contextId":"c1","status":{"state":"TASK_STATE_INPUT_REQUIRED",)"
               R"("timestamp":"2026-01-31T09:00:00.123Z"}}})");

  status.state = core::task_state::failed;
  status.code = "quarantined";
  status.message = core::text_message(core::role::agent, "m", "sorry");
  out.clear();
  codec().append_status(out, {status, false}, names);
  CHECK(out == R"({"statusUpdate":{"taskId":"t1","contextId":"c1","status":{"state":"TASK_STATE_FAILED","message":)"
               R"({"messageId":"m","contextId":"c1","taskId":"t1","role":"ROLE_AGENT","parts":[{"text":"sorry"}]},)"
               R"("timestamp":"2026-01-31T09:00:00.123Z"},"metadata":{"mofa.dev/code":"quarantined"}}})");
}

TEST_CASE("an artifact update is wrapped, and its flags are left out when they are false") {
  const auto artifact = artifact_of("a", {url_part()});
  const std::string head =
      R"({"artifactUpdate":{"taskId":"t1","contextId":"c1","artifact":{"artifactId":"a","parts":[{"url":"https://example.org/a"}]})";
  const auto text = [&](bool append, bool last) {
    std::string out;
    codec().append_artifact(out, {artifact, append, last}, names);
    return out;
  };
  CHECK(text(false, false) == head + "}}");
  CHECK(text(true, false) == head + R"(,"append":true}})");
  CHECK(text(false, true) == head + R"(,"lastChunk":true}})");
  CHECK(text(true, true) == head + R"(,"append":true,"lastChunk":true}})");
}

TEST_CASE("a list always has its four members, and artifacts where they were asked for") {
  auto first = std::make_shared<core::task>(simple_task());
  first->artifacts = {artifact_of("a", {url_part()})};
  first->history = {core::text_message(core::role::user, "m", "x")};
  const std::vector<core::task_ptr> tasks{first, std::make_shared<core::task>(simple_task())};
  const auto list = [](const std::vector<core::task_ptr>& all, std::string_view next, std::int64_t size, std::int64_t total,
                       const shown& how) {
    std::string out;
    a2a::begin_list(out);
    for (const auto& each : all) a2a::append_listed(out, *each, how);
    a2a::end_list(out, next, size, total);
    return out;
  };
  shown how;
  auto read = json::parse(list(tasks, "next", 2, 17, how));
  CHECK(read["nextPageToken"] == "next");
  CHECK(read["pageSize"] == 2);
  CHECK(read["totalSize"] == 17);
  REQUIRE(read["tasks"].size() == 2);
  CHECK(read["tasks"][0]["artifacts"].size() == 1);
  CHECK(read["tasks"][0]["history"].size() == 1);
  CHECK(read["tasks"][1]["artifacts"] == json::array());

  how.artifacts = false;
  how.history = 0;
  read = json::parse(list(tasks, "", 50, 2, how));
  CHECK_FALSE(read["tasks"][0].contains("artifacts"));
  CHECK_FALSE(read["tasks"][0].contains("history"));
  CHECK_FALSE(read["tasks"][1].contains("artifacts"));

  CHECK(list({}, "", 50, 0, how) == R"({"tasks":[],"nextPageToken":"","pageSize":50,"totalSize":0})");
}

TEST_CASE("credentials of push configurations are written nowhere") {
  core::push_config config;
  config.id = "p";
  config.task = task_id::parse(some_id).value();
  config.url = "https://example.org/x";
  config.token = "tok";
  config.scheme = "Bearer";
  config.credentials = "secret";
  config.dialect = "a2a-1.0";
  std::string out;
  codec().append_push(out, config);
  const auto whole = "{\"id\":\"p\",\"taskId\":\"" + some_id +
                     R"(","url":"https://example.org/x","token":"tok","authentication":{"scheme":"Bearer"}})";
  CHECK(out == whole);

  core::push_config bare;
  bare.url = "https://example.org/y";
  out.clear();
  codec().append_pushes(out, {config, bare}, "");
  CHECK(out == "{\"configs\":[" + whole + R"(,{"url":"https://example.org/y"}],"nextPageToken":""})");
  CHECK(out.find("secret") == std::string::npos);
  out.clear();
  codec().append_pushes(out, {}, "n");
  CHECK(out == R"({"configs":[],"nextPageToken":"n"})");
}

TEST_CASE("what is written of a message can be read again") {
  auto said = core::text_message(core::role::user, "m", "line\n\"\\\xf0\x9f\x98\x80");
  said.parts.push_back(raw_part());
  said.parts.push_back(data_part({{"x", {1, nullptr, "y"}}}));
  said.parts.push_back(url_part());
  said.metadata = json{{"k", {{"deep", true}}}};
  said.extensions = {"https://e"};
  said.reference_task_ids = {"r"};
  std::string out;
  codec().append_sent_message(out, said, {"t", "c"});
  const auto read = codec().read_send(json::parse(out));
  REQUIRE(read);
  CHECK(core::to_json(read->message) == core::to_json(said));
  CHECK(read->context_id == "c");
  CHECK(read->task_id == "t");
}
