#include "server/app/client/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mofa::app::client {
namespace {

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; }

std::string plural(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string duration_text(std::chrono::milliseconds span) {
  const auto ms = std::max<std::int64_t>(0, span.count());
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 60'000) return fmt::format("{}.{} s", ms / 1000, ms % 1000 / 100);
  if (ms < 3'600'000) return fmt::format("{} min {} s", ms / 60'000, ms % 60'000 / 1000);
  return fmt::format("{} h {} min", ms / 3'600'000, ms % 3'600'000 / 60'000);
}

std::string money_text(std::int64_t microusd) {
  auto out = fmt::format("${}.{:06}", microusd / 1'000'000, microusd % 1'000'000);
  const auto cents_end = out.size() - 4;
  while (out.size() > cents_end && out.back() == '0') out.pop_back();
  return out;
}

std::string usage_text(const json& usage) {
  const auto number = [&](const char* name) { return usage.is_object() ? usage.value(name, std::int64_t{0}) : 0; };
  std::vector<std::string> words;
  if (const auto n = number("model_calls"); n > 0) words.push_back(plural(n, "model call"));
  if (const auto n = number("tool_calls"); n > 0) words.push_back(plural(n, "tool call"));
  if (const auto n = number("input_tokens"); n > 0) words.push_back(fmt::format("{} tokens in", n));
  if (const auto n = number("output_tokens"); n > 0) words.push_back(fmt::format("{} out", n));
  if (const auto n = number("cost_microusd"); n > 0) words.push_back(money_text(n));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string parts_text(const json& parts) {
  std::string out;
  if (!parts.is_array()) return out;
  for (const auto& part : parts) {
    if (!out.empty()) out += '\n';
    if (part.contains("text"))
      out += text_member(part, "text");
    else if (part.contains("data"))
      out += part["data"].is_string() ? part["data"].dump() : compact(part["data"]);
    else if (part.contains("url"))
      out += text_member(part, "url");
    else if (part.contains("raw"))
      out += fmt::format("[{} base64 characters]", text_member(part, "raw").size());
  }
  return out;
}

std::string message_text(const json& message) {
  if (message.is_string()) return message.get<std::string>();
  return message.is_object() && message.contains("parts") ? parts_text(message["parts"]) : std::string{};
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t characters = 0;
  bool space = false;
  for (const char byte : text) {
    if (byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r') {
      space = !out.empty();
      continue;
    }
    if (is_control(byte)) continue;
    const std::size_t needed = starts_character(byte) ? (space ? 2 : 1) : 0;
    if (characters + needed > most) {
      out += "…";
      break;
    }
    if (space) out += ' ';
    space = false;
    out += byte;
    characters += needed;
  }
  return printable(out);
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    // U+0080 to U+009F are control characters too, of two bytes.
    const bool high_control = byte == '\xC2' && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (high_control)
      ++i;
    else if (!is_control(byte) || byte == '\n' || byte == '\t')
      out += byte;
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string shell_word(std::string_view word) {
  constexpr std::string_view plain = "-_./:@%+=,";
  const bool safe = !word.empty() && std::all_of(word.begin(), word.end(), [&](char byte) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    return letter || plain.find(byte) != plain.npos;
  });
  if (safe) return std::string{word};
  std::string out{"'"};
  for (const char byte : word) {
    if (byte == '\'')
      out += "'\\''";
    else
      out += byte;
  }
  return out + "'";
}

const json& member(const json& object, std::string_view name) {
  static const json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::string compact(const json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string text_member(const json& object, std::string_view name) {
  const auto& found = member(object, name);
  return found.is_string() ? found.get<std::string>() : std::string{};
}

std::vector<std::string> table_lines(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    if (widths.size() < row.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::vector<std::string> out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace mofa::app::client
