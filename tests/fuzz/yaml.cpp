// YAML definitions and settings: what is accepted is a JSON value within the limits, and each place lies in the text.
#include <algorithm>
#include <string>

#include "protocols/document/document.hpp"
#include "server/base/limits.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using mofa::core::json;
using mofa::fuzz::claim;

std::size_t depth_of(const json& value) {
  std::size_t deepest = 0;
  if (!value.is_structured()) return 0;
  for (const auto& each : value) deepest = std::max(deepest, depth_of(each));
  return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = mofa::fuzz::text_of(data, size);
  const auto read = mofa::document::read_yaml(text, "a.yaml");
  if (!read) {
    claim(read.error().code == mofa::errc::invalid_syntax, "a refusal is invalid_syntax");
    claim(read.error().detail.starts_with("a.yaml:"), "a refusal names its place:", read.error().detail);
    return 0;
  }
  claim(depth_of(read->value) <= mofa::limits::document_depth, "what is accepted is not too deep");
  // Throws, and so is found, when a string is not UTF-8.
  const auto again = mofa::document::parse_json(read->value.dump());
  claim(again.has_value() && *again == read->value, "what is accepted can be written as JSON");
  const auto lines = 1 + std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r');
  for (const auto& [pointer, at] : read->places) {
    claim(at.line >= 1 && at.line <= lines && at.column >= 1, "a place lies in the text:", pointer);
    // Throws when the pointer leads nowhere.
    (void)read->value.at(json::json_pointer{pointer});
  }
  return 0;
}
