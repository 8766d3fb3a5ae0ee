// JSON bodies and files: the two readers agree, and what they accept is JSON within the limits.
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

/// "line 3, column 7: why" as the reader of files says it: "a.json:3:7: why".
std::string with_name(std::string_view detail) {
  constexpr std::string_view line = "line ";
  constexpr std::string_view column = ", column ";
  claim(detail.starts_with(line), "an error of parse_json begins with its line:", detail);
  std::string out{detail.substr(line.size())};
  out.replace(out.find(column), column.size(), ":");
  return "a.json:" + out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = mofa::fuzz::text_of(data, size);
  const auto quick = mofa::document::parse_json(text);
  const auto placed = mofa::document::read_json(text, "a.json");
  claim(quick.has_value() == placed.has_value(), "both readers accept, or both refuse");
  if (!quick) {
    claim(quick.error().code == mofa::errc::invalid_syntax, "a refusal is invalid_syntax");
    claim(placed.error().detail == with_name(quick.error().detail), "both readers refuse alike:", placed.error().detail);
    return 0;
  }
  claim(*quick == placed->value, "both readers read the same value");
  claim(depth_of(*quick) <= mofa::limits::document_depth, "what is accepted is not too deep");
  claim(json::parse(text, nullptr, false) == *quick, "a plain reader reads the same");
  // Throws, and so is found, when a string is not UTF-8.
  const auto again = mofa::document::parse_json(quick->dump());
  claim(again.has_value() && *again == *quick, "what is written is read again");
  claim(placed->places.contains(""), "the whole has a place");
  return 0;
}
