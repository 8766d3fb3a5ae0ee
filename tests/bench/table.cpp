#include "tests/bench/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mofa::bench {
namespace {

using cells = std::array<std::string, 6>;

cells cells_of(const row& one) {
  static constexpr std::array<const char*, 4> words{"ok", "missed", "NOT MEASURED", ""};
  const auto* word = words[static_cast<std::size_t>(one.how)];
  return {one.what, one.measured, one.baseline, one.ratio, one.aim, word};
}

}  // namespace

std::string table::text() const {
  std::vector<cells> lines{{"row", "measured", "baseline", "ratio", "aim", ""}};
  for (const auto& each : rows_) lines.push_back(cells_of(each));
  std::array<std::size_t, 6> widths{};
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string out;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    for (std::size_t i = 0; i < widths.size(); ++i) out += fmt::format("| {:<{}} ", lines[n][i], widths[i]);
    out += "|\n";
    if (n > 0) continue;
    for (const auto width : widths) out += fmt::format("|{:-<{}}", "", width + 2);
    out += "|\n";
  }
  if (!notes_.empty()) out += '\n';
  for (const auto& each : notes_) out += "- " + each + '\n';
  return out;
}

bool table::complete() const {
  return std::none_of(rows_.begin(), rows_.end(), [](const row& each) { return each.how == verdict::unmeasured; });
}

}  // namespace mofa::bench
