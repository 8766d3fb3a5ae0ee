#include "protocols/core/json_text.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "protocols/core/message_json.hpp"

using namespace mofa;
using core::json;

namespace {

std::string written(const json& value) {
  std::string out;
  core::append_json(out, value);
  return out;
}

}  // namespace

TEST_CASE("a value is written as the library writes it") {
  const std::vector<json> values{
      nullptr,
      true,
      0,
      -7,
      std::numeric_limits<std::int64_t>::min(),
      std::numeric_limits<std::uint64_t>::max(),
      0.1,
      1e300,
      3.0,
      std::nan(""),
      "",
      std::string{"q\" b\\ \b\f\n\r\t\x01\x1f\x7f é € \xf0\x9f\x98\x80 \0", 29},
      json::array(),
      json::object(),
      json::parse(R"({"b": [1, {"c": [[], {}, "x"]}, null], "a \"": {"": false}})"),
  };
  for (const auto& value : values) CHECK(written(value) == value.dump());
  CHECK(written("a\xff"
                "b") ==
        "\"a\xef\xbf\xbd"
        "b\"");
}

TEST_CASE("a long text is written into memory of its own size") {
  const std::string text(1'000'000, 'x');
  std::string out{"{\"text\":"};
  core::append_string(out, text);
  CHECK(out.size() == text.size() + 10);
  CHECK(out.capacity() < text.size() + 1'000);
}

TEST_CASE("a message that nobody else needs becomes the same JSON, with its texts moved") {
  core::message what = core::text_message(core::role::user, "m1", std::string(1000, 'x'));
  what.metadata = {{"a", 1}};
  what.extensions = {"https://example.org/x"};
  what.reference_task_ids = {"t"};
  auto& data = what.parts.emplace_back();
  data.kind = core::part::type::data;
  data.data = {{"k", std::string(1000, 'y')}};
  data.media_type = "application/json";
  data.filename = "f";
  data.metadata = {{"b", 2}};
  const auto copied = core::to_json(what);
  const auto* text = what.parts[0].text.data();
  const auto* inside = what.parts[1].data.at("k").get_ref<const std::string&>().data();
  const auto moved = core::into_json(std::move(what));
  CHECK(moved == copied);
  CHECK(moved.at("parts").at(0).at("text").get_ref<const std::string&>().data() == text);
  CHECK(moved.at("parts").at(1).at("data").at("k").get_ref<const std::string&>().data() == inside);
}
