#include "protocols/a2a/negotiation.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "protocols/a2a/card.hpp"

namespace mofa::a2a {
namespace {

constexpr std::string_view a2a_json = "application/a2a+json";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::optional<int> read_number(std::string_view text) {
  int value = 0;
  const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool sound = why == std::errc{} && end == text.data() + text.size() && text.front() != '-' && text.size() <= 6;
  return sound ? std::optional{value} : std::nullopt;
}

/// "1.0", "1.0.1", "0.3", "0.2.6"
std::optional<version> read_version(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  auto minor_text = text.substr(dot + 1);
  if (const auto patch = minor_text.find('.'); patch != std::string_view::npos) {
    if (patch + 1 == minor_text.size() || !read_number(minor_text.substr(patch + 1))) return std::nullopt;
    minor_text = minor_text.substr(0, patch);
  }
  if (minor_text.empty()) return std::nullopt;
  const auto major = read_number(text.substr(0, dot));
  const auto minor = read_number(minor_text);
  if (major == 1 && minor == 0) return version::v1_0;
  if (major == 0 && (minor == 3 || minor == 2)) return version::v0_3;
  return std::nullopt;
}

bool names(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (trimmed(list.substr(0, comma)) == wanted) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

/// Whether one of the media types in the header is that one; parameters count for nothing.
bool mentions(const http::request& from, std::string_view header, std::string_view type) {
  std::string_view list = from.header(header).value_or("");
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto one = list.substr(0, comma);
    if (lower(trimmed(one.substr(0, one.find(';')))) == type) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

fault version_not_supported(std::string advice) {
  return {fault_kind::version_not_supported, std::move(advice), {{"supportedVersions", "1.0, 0.3"}}};
}

asked_version version_of(const http::request& from) {
  std::string text{trimmed(from.header("a2a-version").value_or(""))};
  if (text.empty()) text = trimmed(from.query_value("A2A-Version").value_or(""));
  if (text.empty()) return {};
  if (const auto known = read_version(text)) return {known, std::nullopt};
  return {std::nullopt, version_not_supported("A2A version '" + text.substr(0, 32) +
                                              "' is not spoken here: send the header "
                                              "A2A-Version with 1.0 or 0.3")};
}

std::optional<fault> wrong_content_type(const http::request& from) {
  if (from.body.empty()) return std::nullopt;
  const auto given = from.header("content-type");
  // Nothing said is JSON to everybody but a web page, for which any text would then be a simple request.
  if (!given && !from.from_browser) return std::nullopt;
  const auto type = lower(trimmed(given.value_or("").substr(0, given.value_or("").find(';'))));
  if (type == "application/json" || type == a2a_json) return std::nullopt;
  return fault{fault_kind::content_type_not_supported,
               "the body must be application/json or application/a2a+json, not '" + type.substr(0, 64) + "'"};
}

std::string answer_type(const http::request& from) {
  const bool named = mentions(from, "accept", a2a_json) || mentions(from, "content-type", a2a_json);
  return std::string{named ? a2a_json : std::string_view{"application/json"}};
}

std::optional<std::uint64_t> last_event_of(const http::request& from) {
  const auto text = from.header("last-event-id");
  if (!text || text->empty()) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, why] = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool sound = why == std::errc{} && end == text->data() + text->size() && value < (std::uint64_t{1} << 62);
  return sound ? std::optional{value} : std::nullopt;
}

std::string activated::text() const {
  std::string out;
  if (event_ids) out = event_ids_extension;
  if (idempotent_messages) out += (out.empty() ? "" : ", ") + std::string{idempotent_messages_extension};
  return out;
}

activated extensions_of(const http::request& from) {
  activated out;
  for (const std::string_view header : {"a2a-extensions", "x-a2a-extensions"}) {
    for (const auto& [name, value] : from.headers) {
      if (name != header) continue;
      out.event_ids = out.event_ids || names(value, event_ids_extension);
      out.idempotent_messages = out.idempotent_messages || names(value, idempotent_messages_extension);
    }
  }
  return out;
}

}  // namespace mofa::a2a
