#include "actors/scenario/match.hpp"

#include <re2/re2.h>

#include "actors/scenario/lenient.hpp"

namespace mofa::scenario {
namespace {

bool found_in(const std::shared_ptr<const re2::RE2>& expression, std::string_view text) {
  return !expression ||
         expression->Match(re2::StringPiece{text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

// What a message says of itself counts before what its request says.
bool holds(const json& wanted, const incoming& message) {
  if (wanted.is_null()) return true;
  const auto find = [](const json* in, const std::string& key) { return in == nullptr ? nullptr : child(*in, key); };
  for (const auto& entry : wanted.items()) {
    const auto* value = find(message.metadata, entry.key());
    if (value == nullptr) value = find(message.request_metadata, entry.key());
    if (value == nullptr || *value != entry.value()) return false;
  }
  return true;
}

bool meets(const condition& when, const incoming& message) {
  return (!when.turn || *when.turn == message.turn) && holds(when.metadata, message) &&
         found_in(when.message_id, message.message_id);
}

/// Whether the text is found, with the named groups.
bool search(const condition& when, std::string_view text, matched& out) {
  if (when.groups.empty()) return found_in(when.text, text);
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(when.text->NumberOfCapturingGroups()) + 1);
  if (!when.text->Match(re2::StringPiece{text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                        static_cast<int>(groups.size())))
    return false;
  for (const auto& [index, name] : when.groups) out.groups.emplace_back(name, groups[index].as_string());
  return true;
}

std::vector<std::string_view> texts_of(const json& parts) {
  std::vector<std::string_view> out;
  for (const auto& part : parts) {
    const auto* text = child(part, "text");
    if (text != nullptr && text->is_string()) out.emplace_back(text->get_ref<const std::string&>());
  }
  return out;
}

std::string join_texts(const std::vector<std::string_view>& all) {
  std::string into;
  for (const auto& text : all) {
    if (&text != &all.front()) into += '\n';
    into += text;
  }
  return into;
}

std::string join_data(const json& parts) {
  std::string into;
  for (const auto& part : parts) {
    const auto* data = child(part, "data");
    if (data == nullptr) continue;
    if (!into.empty()) into += '\n';
    into += data->dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return into;
}

}  // namespace

incoming read_incoming(const json& data, std::int64_t turn) {
  incoming out;
  out.turn = turn;
  out.request_metadata = child(data, "metadata");
  const auto* message = child(data, "message");
  if (message == nullptr) return out;
  out.message_id = text_of(*message, "message_id");
  out.metadata = child(*message, "metadata");
  const auto* parts = child(*message, "parts");
  if (parts == nullptr || !parts->is_array()) return out;
  const auto texts = texts_of(*parts);
  if (texts.size() == 1) {
    out.text = texts.front();
    return out;
  }
  // What came as data alone, from a topic say, is seen as its JSON.
  out.joined = std::make_unique<const std::string>(texts.empty() ? join_data(*parts) : join_texts(texts));
  out.text = *out.joined;
  return out;
}

std::optional<matched> first_match(const script& source, const incoming& message) {
  for (std::size_t i = 0; i < source.rules.size(); ++i) {
    matched out;
    out.rule = i;
    const auto& when = source.rules[i].when;
    if (meets(when, message) && search(when, message.text, out)) return out;
  }
  return std::nullopt;
}

}  // namespace mofa::scenario
