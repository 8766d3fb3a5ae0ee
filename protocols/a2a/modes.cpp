#include "protocols/a2a/modes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "protocols/a2a/codec.hpp"
#include "protocols/core/json_text.hpp"

namespace mofa::a2a {
namespace {

constexpr std::string_view any = "*";

struct media_range {
  std::string_view type;
  std::string_view subtype;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Without parameters. A word without a slash, as clients of 0.2 write them ("text"), is a whole type.
media_range range_of(std::string_view mode) {
  mode = trimmed(mode.substr(0, mode.find(';')));
  const auto slash = mode.find('/');
  if (slash == mode.npos) return {mode, any};
  return {mode.substr(0, slash), mode.substr(slash + 1)};
}

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a == any || b == any ||
         std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool fits(std::string_view offered, std::string_view accepted) {
  const auto ours = range_of(offered);
  const auto theirs = range_of(accepted);
  return same(ours.type, theirs.type) && same(ours.subtype, theirs.subtype);
}

bool fits_one(std::string_view offered, const std::vector<std::string>& accepted) {
  return std::any_of(accepted.begin(), accepted.end(), [&](const std::string& each) { return fits(offered, each); });
}

/// What a part is compared by. Text that does not say which kind of text it is goes to whoever takes any.
std::string shown_type_of(const core::part& what) {
  if (what.kind == core::part::type::text && what.media_type.empty()) return "text/*";
  return media_type_of(what);
}

/// Whether a part is left.
bool keep_shown(std::vector<core::part>& parts, const std::vector<std::string>& accepted) {
  if (accepted.empty()) return true;
  std::vector<core::part> left;
  for (const auto& each : parts)
    if (auto part = shown_part(each, accepted)) left.push_back(*std::move(part));
  parts = std::move(left);
  return !parts.empty();
}

}  // namespace

std::string media_type_of(const core::part& what) {
  if (!what.media_type.empty()) return what.media_type;
  switch (what.kind) {
    case core::part::type::text:
      return "text/plain";
    case core::part::type::data:
      return "application/json";
    case core::part::type::raw:
      return "application/octet-stream";
    case core::part::type::url:
      break;
  }
  return "*/*";
}

bool any_fits(const std::vector<std::string>& offered, const std::vector<std::string>& accepted) {
  if (accepted.empty()) return true;
  return std::any_of(offered.begin(), offered.end(), [&](const std::string& each) { return fits_one(each, accepted); });
}

std::optional<core::part> shown_part(const core::part& what, const std::vector<std::string>& accepted) {
  if (accepted.empty() || fits_one(shown_type_of(what), accepted)) return what;
  if (what.kind != core::part::type::data || !fits_one("text/plain", accepted)) return std::nullopt;
  core::part out;
  core::append_json(out.text, what.data);
  out.filename = what.filename;
  out.metadata = what.metadata;
  return out;
}

std::optional<core::message> shown_message(core::message what, const std::vector<std::string>& accepted) {
  if (what.role == core::role::user || keep_shown(what.parts, accepted)) return what;
  return std::nullopt;
}

std::optional<core::artifact> shown_artifact(core::artifact what, const std::vector<std::string>& accepted) {
  if (keep_shown(what.parts, accepted)) return what;
  return std::nullopt;
}

core::task shown_task(core::task what, const std::vector<std::string>& accepted) {
  if (accepted.empty()) return what;
  auto& status = what.row.status;
  if (status.message) status.message = shown_message(*std::move(status.message), accepted);
  if (what.reply) what.reply = shown_message(*std::move(what.reply), accepted);
  std::vector<core::message> history;
  for (auto& each : what.history)
    if (auto left = shown_message(std::move(each), accepted)) history.push_back(*std::move(left));
  what.history = std::move(history);
  std::vector<core::artifact> artifacts;
  for (auto& each : what.artifacts)
    if (auto left = shown_artifact(std::move(each), accepted)) artifacts.push_back(*std::move(left));
  what.artifacts = std::move(artifacts);
  if (!what.spoken.empty() && !shown_artifact(spoken_artifact(what.spoken), accepted)) what.spoken.clear();
  return what;
}

}  // namespace mofa::a2a
