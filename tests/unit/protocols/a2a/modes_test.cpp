#include "protocols/a2a/modes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mofa;
using core::json;
using modes = std::vector<std::string>;

namespace {

core::part part_of(core::part::type kind, std::string media_type = {}) {
  core::part out;
  out.kind = kind;
  out.text = "QQ==";
  out.data = json{{"n", 1}};
  out.media_type = std::move(media_type);
  return out;
}

constexpr auto text = core::part::type::text;
constexpr auto data = core::part::type::data;
constexpr auto url = core::part::type::url;
constexpr auto raw = core::part::type::raw;

}  // namespace

TEST_CASE("the media type of a part is its own, else that of its kind") {
  CHECK(a2a::media_type_of(part_of(text)) == "text/plain");
  CHECK(a2a::media_type_of(part_of(data)) == "application/json");
  CHECK(a2a::media_type_of(part_of(raw)) == "application/octet-stream");
  CHECK(a2a::media_type_of(part_of(url)) == "*/*");
  for (const auto kind : {text, data, raw, url}) CHECK(a2a::media_type_of(part_of(kind, "image/png")) == "image/png");
}

TEST_CASE("modes fit by type and subtype, without case and parameters, and with wildcards on both sides") {
  CHECK(a2a::any_fits({"text/plain"}, {"text/plain"}));
  CHECK(a2a::any_fits({"text/plain"}, {"Text/PLAIN"}));
  CHECK(a2a::any_fits({"text/plain;charset=utf-8"}, {"text/plain ; q=0.5"}));
  CHECK(a2a::any_fits({"text/plain"}, {"image/png", " text/* "}));
  CHECK(a2a::any_fits({"text/plain"}, {"*/*"}));
  CHECK(a2a::any_fits({"*/*"}, {"image/png"}));
  CHECK(a2a::any_fits({"image/*", "x/y"}, {"image/png"}));
  CHECK(a2a::any_fits({"text/plain"}, {"text"}));
  CHECK(a2a::any_fits({"text/plain"}, {"*"}));

  CHECK_FALSE(a2a::any_fits({"text/plain"}, {"text/html"}));
  CHECK_FALSE(a2a::any_fits({"text/plain"}, {"image/*"}));
  CHECK_FALSE(a2a::any_fits({"text/plain"}, {"text/plainer"}));
  CHECK_FALSE(a2a::any_fits({"text/plain"}, {""}));
  CHECK_FALSE(a2a::any_fits({"text/plain"}, {"data"}));
}

TEST_CASE("who accepts nothing in particular accepts everything; what is not offered cannot fit") {
  CHECK(a2a::any_fits({"text/plain"}, {}));
  CHECK(a2a::any_fits({}, {}));
  CHECK_FALSE(a2a::any_fits({}, {"text/plain"}));
}

TEST_CASE("a part that is accepted is shown as it is") {
  for (const auto kind : {text, data, raw, url}) {
    CHECK(a2a::shown_part(part_of(kind, "image/png"), {}).value().kind == kind);
    CHECK(a2a::shown_part(part_of(kind, "image/png"), {"image/*"}).value().kind == kind);
    CHECK(a2a::shown_part(part_of(kind, "image/png"), {"image/*"}).value().media_type == "image/png");
  }
  CHECK(a2a::shown_part(part_of(url), {"image/png"}).has_value());
  CHECK(a2a::shown_part(part_of(data), {"application/json"}).value().kind == data);
  CHECK(a2a::shown_part(part_of(data), {"text/plain", "application/json"}).value().kind == data);
}

TEST_CASE("data becomes its JSON text for who takes text and no JSON") {
  auto part = part_of(data, "application/vnd.table+json");
  part.filename = "table.json";
  part.metadata = json{{"k", "v"}};
  const auto shown = a2a::shown_part(part, {"text/plain"});
  REQUIRE(shown);
  CHECK(shown->kind == text);
  CHECK(shown->text == R"({"n":1})");
  CHECK(shown->media_type.empty());
  CHECK(shown->filename == "table.json");
  CHECK(shown->metadata == json{{"k", "v"}});
  CHECK(a2a::shown_part(part_of(data), {"text/*"}).value().kind == text);
}

TEST_CASE("what is not accepted in any form is not shown") {
  CHECK_FALSE(a2a::shown_part(part_of(text, "text/plain"), {"text/html"}));
  CHECK_FALSE(a2a::shown_part(part_of(text), {"application/json"}));
  CHECK_FALSE(a2a::shown_part(part_of(raw), {"text/plain"}));
  CHECK_FALSE(a2a::shown_part(part_of(data), {"text/html"}));
  CHECK_FALSE(a2a::shown_part(part_of(url, "image/png"), {"text/plain"}));
}

TEST_CASE("text that does not say its kind goes to whoever takes any text") {
  CHECK(a2a::shown_part(part_of(text), {"text/markdown"}).has_value());
  CHECK(a2a::shown_part(part_of(text), {"text"}).has_value());
}

TEST_CASE("a message of an agent is shown with what is left of its parts, and not at all when nothing is") {
  core::message said = core::text_message(core::role::agent, "m", "hello");
  said.parts.push_back(part_of(raw));
  said.metadata = json{{"k", 1}};
  const auto shown = a2a::shown_message(said, {"text/plain"});
  REQUIRE(shown);
  CHECK(shown->message_id == "m");
  CHECK(shown->metadata == json{{"k", 1}});
  REQUIRE(shown->parts.size() == 1);
  CHECK(shown->parts[0].text == "hello");
  CHECK_FALSE(a2a::shown_message(said, {"video/mp4"}));
  CHECK(a2a::shown_message(said, {})->parts.size() == 2);
  said.role = core::role::user;
  CHECK(a2a::shown_message(said, {"video/mp4"})->parts.size() == 2);
}

TEST_CASE("a task is shown without what nothing is left of") {
  core::task task;
  task.row.status.message = core::text_message(core::role::agent, "m", "done");
  task.row.status.message->parts.push_back(part_of(raw));
  task.artifacts = {{"a", "", {part_of(raw), part_of(data), part_of(url)}}, {"b", "", {part_of(raw)}}};
  task.spoken = "words";
  auto asked = core::text_message(core::role::user, "m1", "x");
  asked.parts.push_back(part_of(raw));
  auto drawn = core::text_message(core::role::agent, "m2", "");
  drawn.parts = {part_of(raw)};
  task.history = {asked, drawn, *task.row.status.message};

  const auto shown = a2a::shown_task(task, {"text/plain"});
  CHECK(shown.row.status.message->parts.size() == 1);
  REQUIRE(shown.artifacts.size() == 1);
  CHECK(shown.artifacts[0].artifact_id == "a");
  REQUIRE(shown.artifacts[0].parts.size() == 2);
  CHECK(shown.artifacts[0].parts[0].text == R"({"n":1})");
  CHECK(shown.spoken == "words");
  REQUIRE(shown.history.size() == 2);
  CHECK(shown.history[0].parts.size() == 2);
  CHECK(shown.history[1].message_id == "m");

  const auto drawn_only = a2a::shown_task(task, {"application/octet-stream"});
  CHECK(drawn_only.spoken.empty());
  CHECK(drawn_only.artifacts.size() == 2);
  CHECK(a2a::shown_task(task, {}).artifacts.size() == 2);
}
