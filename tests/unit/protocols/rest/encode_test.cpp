#include <doctest/doctest.h>

#include "protocols/rest/encode.hpp"
#include "tests/unit/protocols/rest/harness.hpp"

using namespace mofa;
using namespace mofa::rest::testing;

TEST_CASE("a task is written with its members in the order of the API") {
  auto task = *some_task(core::task_state::failed);
  task.row.status.code = "quarantined";
  task.row.status.message = core::text_message(core::role::agent, "m-9", "it crashed");
  task.row.parent_id = task.row.id;
  CHECK(
      rest::encode(task, 1) ==
      R"({"id":")" + some_id + R"(","agent":"echo","agent_version":3,"context_id":"c-1","parent_id":")" + some_id +
          R"(","status":{"state":"failed","code":"quarantined","message":{"message_id":"m-9","role":"agent","parts":[{"text":"it crashed"}]},)"
          R"("timestamp":"2026-01-31T09:00:00.123Z"},)"
          R"("artifacts":[{"artifact_id":"a-1","name":"forecast","parts":[{"data":{"deep":[1,2]}}]}],)"
          R"("history":[{"message_id":"m-2","role":"agent","parts":[{"text":"hello back"}]}],)"
          R"("priority":"normal","created_at":"2026-01-31T09:00:00.123Z","updated_at":"2026-01-31T09:00:01.000Z","last_event":7,)"
          R"("usage":{"input_tokens":0,"output_tokens":0,"cost_microusd":0,"model_calls":0,"tool_calls":2},"labels":{"team":"a\"b"}})");
}

TEST_CASE("a part carries what was given with it, and nothing else") {
  core::message message;
  message.message_id = "m";
  core::part url;
  url.kind = core::part::type::url;
  url.text = "https://example.org/a.png";
  url.media_type = "image/png";
  url.filename = "a.png";
  url.metadata = {{"alt", "a"}};
  core::part raw;
  raw.kind = core::part::type::raw;
  raw.text = "aGk=";
  core::part data;
  data.kind = core::part::type::data;
  message.parts = {url, raw, data};
  message.metadata = {{"lang", "en"}};
  std::string out;
  rest::append_message(out, message);
  CHECK(
      out ==
      R"({"message_id":"m","role":"user","parts":[{"url":"https://example.org/a.png","media_type":"image/png","filename":"a.png",)"
      R"("metadata":{"alt":"a"}},{"raw":"aGk="},{"data":null}],"metadata":{"lang":"en"}})");
}

TEST_CASE("events go out byte for byte as they were recorded") {
  const auto one = some_event(1);
  const auto two = some_event(2);
  CHECK(rest::encode_events({one, two}, 2) ==
        "{\"items\":[" + core::to_json_text(*one) + "," + core::to_json_text(*two) + "],\"next_cursor\":\"2\"}");
}

TEST_CASE("strings are escaped, and bytes that are not UTF-8 are replaced") {
  const std::pair<std::string, std::string> cases[] = {
      {"plain", "\"plain\""},
      {"a\"b\\c/d", R"("a\"b\\c/d")"},
      {"\n\r\t\b\f", R"("\n\r\t\b\f")"},
      {std::string{"\0\x1f", 2}, R"("\u0000\u001f")"},
      {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
      {"\x7f", "\"\x7f\""},
  };
  for (const auto& [text, expected] : cases) {
    std::string out;
    core::append_string(out, text);
    CHECK(out == expected);
    CHECK(core::json::parse(out).get<std::string>() == text);
  }
  // Lone continuation, cut off, overlong, surrogate, beyond U+10FFFF.
  for (const auto* bad :
       {"\x80", "\xc3", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
    std::string out;
    core::append_string(out, std::string{"a"} + bad + "b");
    CAPTURE(out);
    CHECK(core::json::accept(out));
    CHECK(out.find("\xef\xbf\xbd") != std::string::npos);
    CHECK(out.substr(0, 2) == "\"a");
    CHECK(out.substr(out.size() - 2) == "b\"");
  }
}
