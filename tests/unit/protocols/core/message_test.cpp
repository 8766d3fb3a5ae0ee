#include "protocols/core/message.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using core::json;

namespace {

/// "path: message" of each error, a line each.
template <class T>
std::string errors_of(const result<T>& got) {
  if (got) return "accepted";
  CHECK(got.error().code == errc::invalid);
  std::string out;
  for (const auto& each : got.error().fields) out += each.path + ": " + each.message + "\n";
  return out;
}

result<core::message> read(const char* text) { return core::message_from_json(json::parse(text), "/message"); }

}  // namespace

TEST_CASE("a bare string is a message of one text part") {
  const auto got = read(R"("hello")");
  REQUIRE(got);
  CHECK(got->role == core::role::user);
  CHECK(got->message_id.empty());
  CHECK(got->text() == "hello");
}

TEST_CASE("a message keeps every part through JSON and back") {
  const auto* text = R"({"message_id": "m1", "role": "agent", "metadata": {"lang": "en"}, "parts": [
      {"text": "", "metadata": {"a": 1}}, {"data": null}, {"data": [1, {"x": 2}], "media_type": "application/json"},
      {"url": "https://example.org/a", "filename": "a"}, {"raw": "AQIDBA==", "media_type": "image/png"}]})";
  const auto got = read(text);
  REQUIRE(got);
  CHECK(core::to_json(*got) == json::parse(text));
  CHECK(got->parts[1].kind == core::part::type::data);
  CHECK(got->parts[4].text == "AQIDBA==");
}

TEST_CASE("what was not given is not written") {
  CHECK(core::to_json(core::text_message(core::role::agent, "m2", "hi")).dump() ==
        R"({"message_id":"m2","parts":[{"text":"hi"}],"role":"agent"})");
}

TEST_CASE("the text of a message is its text parts, a line each") {
  CHECK(read(R"({"parts": [{"text": "a"}, {"data": 1}, {"text": ""}, {"text": "b"}]})")->text() == "a\n\nb");
  CHECK(read(R"({"parts": [{"data": 1}]})")->text().empty());
}

TEST_CASE("all mistakes in a message are named, with the place of each") {
  CHECK(errors_of(read(R"({"message_id": 1, "roll": "user", "role": "system", "metadata": [],
                           "parts": [{"text": "a", "data": 1}, {}, {"text": 5}, 7, {"raw": "a"}, {"url": ""}]})")) ==
        "/message/roll: unknown member 'roll'; did you mean 'role'?\n"
        "/message/message_id: must be a string, not an integer\n"
        "/message/role: must be one of user, agent\n"
        "/message/parts/0: needs exactly one of text, data, url, raw\n"
        "/message/parts/1: needs exactly one of text, data, url, raw\n"
        "/message/parts/2/text: must be a string, not an integer\n"
        "/message/parts/3: must be an object, not an integer\n"
        "/message/parts/4/raw: is not base64\n"
        "/message/parts/5/url: is empty\n"
        "/message/metadata: must be an object, not an array\n");
}

TEST_CASE("a message without parts is refused") {
  CHECK(errors_of(read("{}")) == "/message/parts: missing member 'parts'\n");
  CHECK(errors_of(read(R"({"parts": []})")) == "/message/parts: needs at least one part\n");
  CHECK(errors_of(read(R"({"parts": "hi"})")) == "/message/parts: must be an array of parts, not a string\n");
  CHECK(errors_of(read("null")) == "/message: must be a message or a string, not null\n");
  CHECK(errors_of(read("[]")) == "/message: must be a message or a string, not an array\n");
}

TEST_CASE("the id of a message has at most 128 bytes") {
  json body = {{"message_id", std::string(128, 'x')}, {"parts", {{{"text", "a"}}}}};
  CHECK(core::message_from_json(body, ""));
  body["message_id"] = std::string(129, 'x');
  CHECK(errors_of(core::message_from_json(body, "")) == "/message_id: is longer than 128 bytes\n");
}

TEST_CASE("raw is base64 with padding") {
  const auto good = [](const char* text) { return bool{core::part_from_json({{"raw", text}}, "")}; };
  CHECK(good(""));
  CHECK(good("QQ=="));
  CHECK(good("QUI="));
  CHECK(good("+/Az"));
  CHECK_FALSE(good("QQ"));
  CHECK_FALSE(good("Q==="));
  CHECK_FALSE(good("===="));
  CHECK_FALSE(good("QQ==QQ=="));
  CHECK_FALSE(good("-_Az"));
  CHECK_FALSE(good("QUI\n"));
}

TEST_CASE("names with special characters are escaped in places") {
  CHECK(errors_of(core::part_from_json(json::parse(R"({"text": "a", "x/y~z": 1})"), "/p")) ==
        "/p/x~1y~0z: unknown member 'x/y~z'; known: text, data, url, raw, media_type, filename, metadata\n");
}

TEST_CASE("a hostile message gets a short list of errors") {
  json parts = json::array();
  for (int i = 0; i < 50'000; ++i) parts.push_back({{"x" + std::to_string(i), 1}});
  const auto got = core::parts_from_json(parts, "");
  REQUIRE_FALSE(got);
  CHECK(got.error().fields.size() < 70);
  CHECK(got.error().detail.ends_with("more)"));
}

TEST_CASE("a message keeps what it refers to, and the extensions that speak in it") {
  const auto* text = R"({"message_id": "m1", "role": "user", "parts": [{"text": "x"}],
      "extensions": ["https://example.org/e/v1"], "reference_task_ids": ["t1", "t2"]})";
  const auto got = read(text);
  REQUIRE(got);
  CHECK(got->reference_task_ids == std::vector<std::string>{"t1", "t2"});
  CHECK(core::to_json(*got) == json::parse(text));
  CHECK(errors_of(read(R"({"parts": [{"text": "x"}], "extensions": "e", "reference_task_ids": [1]})")) ==
        "/message/extensions: must be an array of at most 256 strings of at most 2048 bytes\n"
        "/message/reference_task_ids: must be an array of at most 256 strings of at most 2048 bytes\n");
}

TEST_CASE("an artifact keeps its parts through JSON and back") {
  for (const auto* whole : {R"({"artifact_id": "a", "name": "", "parts": [{"text": "x"}]})",
                            R"({"artifact_id": "a", "name": "A", "parts": [{"text": "x"}], "description": "about x",
                                "metadata": {"by": "me"}, "extensions": ["https://example.org/e/v1"]})"}) {
    const auto text = json::parse(whole);
    CHECK(core::to_json(*core::artifact_from_json(text, "")) == text);
  }
  CHECK(errors_of(core::artifact_from_json(json::parse(R"({"artifactid": 1})"), "/artifact")) ==
        "/artifact/artifactid: unknown member 'artifactid'; did you mean 'artifact_id'?\n"
        "/artifact/artifact_id: missing member 'artifact_id'\n"
        "/artifact/parts: missing member 'parts'\n");
}
