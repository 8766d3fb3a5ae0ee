#include "server/base/nearest.hpp"

#include <algorithm>
#include <vector>

namespace mofa {
namespace {

/// At most 64 bytes, never cut within a UTF-8 character.
std::string_view shortened(std::string_view text) {
  if (text.size() <= 64) return text;
  std::size_t end = 64;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

std::optional<std::string_view> nearest_name(std::string_view wrong, std::span<const std::string_view> known) {
  // A hostile name must not buy a long computation.
  if (wrong.size() > 64) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = 0;
  for (const auto name : known) {
    const auto distance = edit_distance(wrong, name);
    if (distance > std::max<std::size_t>(2, name.size() / 3) || distance >= name.size()) continue;
    if (!best || distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string unknown_member(std::string_view wrong, std::span<const std::string_view> known) {
  std::string out = "unknown member '" + std::string{shortened(wrong)} + "'";
  if (const auto near = nearest_name(wrong, known)) return out + "; did you mean '" + std::string{*near} + "'?";
  out += "; known: ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) out += ", ";
    out += known[i];
  }
  return out;
}

}  // namespace mofa
