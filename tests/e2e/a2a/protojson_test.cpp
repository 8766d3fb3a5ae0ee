// ProtoJSON: what is taken in, and the one form in which it goes out.
#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

// Calls `check` for each object within, with the name of the member that holds it.
void for_each_object(const json& in, const std::function<void(const json&)>& check) {
  if (in.is_object()) check(in);
  if (in.is_structured())
    for (const auto& each : in) for_each_object(each, check);
}

bool is_utc(const std::string& text) {
  static const std::string form = "0000-00-00T00:00:00.000Z";
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == '0' ? std::isdigit(static_cast<unsigned char>(text[i])) == 0 : text[i] != form[i]) return false;
  return true;
}

TEST_CASE_FIXTURE(with_a2a, "names are taken in camelCase and in snake_case") {
  each_v1([&](client& one) {
    json snake{
        {"message_id", "snake-" + name_of(one.how())},
        {"context_id", "snake"},
        {"role", "ROLE_USER"},
        {"parts", {{{"raw", "AAEC"}, {"media_type", "application/octet-stream"}, {"filename", "a"}}, {{"text", "hello"}}}},
        {"reference_task_ids", {"x"}}};
    const json body{{"message", snake},
                    {"configuration", {{"history_length", 1}, {"accepted_output_modes", {"text/plain"}}}}};
    const auto got = is_rest(one.how()) ? one.rest("POST", "/message:send", body.dump()) : one.call("SendMessage", body);
    REQUIRE_MESSAGE(got.ok(), got.text());
    const auto task = got.result.at("task");
    CHECK(task.at("contextId") == "snake");
    CHECK(task.at("history").size() == 1);
    const auto kept = one.get(task.at("id")).result.at("history").at(0);
    CHECK(kept.at("messageId") == "snake-" + name_of(one.how()));
    CHECK(kept.at("parts").at(0).at("mediaType") == "application/octet-stream");
    CHECK(kept.at("referenceTaskIds") == json::array({"x"}));
  });
}

TEST_CASE_FIXTURE(with_a2a, "names go out in camelCase alone") {
  each_v1([&](client& one) {
    const auto got = one.send(say("files"));
    REQUIRE(got.ok());
    for_each_object(got.body, [&](const json& object) {
      for (const auto& [name, value] : object.items()) CHECK_MESSAGE(name.find('_') == std::string::npos, name);
    });
  });
}

TEST_CASE_FIXTURE(with_a2a, "enums are taken as names and as numbers, and go out as names") {
  each_v1([&](client& one) {
    auto message = say("hello");
    message["role"] = 1;
    const auto task = one.task(message);
    CHECK(task.at("history").at(0).at("role") == "ROLE_USER");
    CHECK(task.at("status").at("state") == "TASK_STATE_COMPLETED");
    const auto found = one.list({{"status", 3}, {"pageSize", 1}});
    REQUIRE_MESSAGE(found.ok(), found.text());
    CHECK(state_of(found.result.at("tasks").at(0)) == "TASK_STATE_COMPLETED");
  });
}

TEST_CASE_FIXTURE(with_a2a, "members that nobody knows are ignored, and null is the same as absent") {
  each_v1([&](client& one) {
    auto message = say_parts(json::array({{{"text", "hello"}, {"flavour", "sweet"}, {"metadata", nullptr}}}));
    message["colour"] = {{"red", 1}};
    message["taskId"] = nullptr;
    message["extensions"] = nullptr;
    const auto got = one.send(message, {{"historyLength", nullptr}, {"speed", 9}}, {{"metadata", nullptr}, {"hint", true}});
    REQUIRE_MESSAGE(got.ok(), got.text());
    CHECK_FALSE(got.result.at("task").at("history").at(0).contains("colour"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "bytes are taken as base64 of either alphabet, with and without padding") {
  each_v1([&](client& one) {
    for (const std::string raw : {"+/+/", "-_-_", "+/8=", "-_8", "-_8="}) {
      const auto task =
          one.task(say_parts(json::array({{{"raw", raw}, {"mediaType", "application/octet-stream"}}, {{"text", "x"}}})));
      const auto shown = task.at("history").at(0).at("parts").at(0).at("raw").get<std::string>();
      CHECK_MESSAGE(shown == (raw.size() == 4 && raw[2] != '8' ? "+/+/" : "+/8="), raw, " ", shown);
    }
    CHECK(one.send(say_parts(json::array({{{"raw", "not base64!"}}}))).code == -32602);
  });
}

TEST_CASE_FIXTURE(with_a2a, "numbers are taken as texts too") {
  each_v1([&](client& one) {
    const auto got = one.send(say("ask"), {{"historyLength", "1"}});
    REQUIRE_MESSAGE(got.ok(), got.text());
    CHECK(got.result.at("task").at("history").size() == 1);
    one.cancel(got.result.at("task").at("id"));
  });
}

TEST_CASE_FIXTURE(with_a2a, "times are in UTC with milliseconds") {
  each([&](client& one) {
    const auto task = one.settle("hello");
    CHECK_MESSAGE(is_utc(task.at("status").at("timestamp")), task.dump());
    auto stream = one.stream(say("chunks"));
    for (const auto& each : stream.rest())
      if (each.value.contains("status")) CHECK_MESSAGE(is_utc(each.value.at("status").at("timestamp")), each.value.dump());
  });
}

TEST_CASE_FIXTURE(with_a2a, "text of any language goes in and out unharmed") {
  each([&](client& one) {
    const std::string text =
        "späße \xE2\x82\xAC \xF0\x9F\x8E\x89 \xE4\xBD\xA0\xE5\xA5\xBD \"quoted\" \\ \n\t\xE2\x80\xA8 end";
    CHECK(status_text(one.settle(text)) == text);
    auto stream = one.stream(say(text));
    CHECK(stream.rest().back().text() == text);
  });
}

TEST_CASE_FIXTURE(with_a2a, "data is any JSON value in 1.0, whole as it came") {
  each_v1([&](client& one) {
    for (const auto& data : {json{{"a_b", {1, 2.5, nullptr}}}, json::array({1, "x"}), json("text"), json(7), json(false)}) {
      const auto task =
          one.task(say_parts(json::array({{{"data", data}, {"mediaType", "application/json"}}, {{"text", "x"}}})));
      CHECK(task.at("history").at(0).at("parts").at(0).at("data") == data);
    }
  });
}

}  // namespace
}  // namespace mofa::test::a2a
