#include "protocols/openai/failure.hpp"

#include "protocols/document/document.hpp"
#include "protocols/document/text.hpp"

namespace mofa::openai {
namespace {

using core::json;

constexpr std::size_t message_max_bytes = 500;

std::string member_text(const json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  if (found == object.end()) return {};
  if (found->is_number_integer()) return found->dump();
  return found->is_string() ? found->get<std::string>() : std::string{};
}

/// One line, valid UTF-8, bounded.
std::string tidy(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  if (text.size() > message_max_bytes) text.resize(message_max_bytes);
  while (const auto bad = document::find_bad_utf8(text)) {
    // What a cut left of the last character goes; a bad byte elsewhere is shown as '?'.
    if (text.size() - *bad < 4 && text.size() == message_max_bytes) {
      text.resize(*bad);
    } else {
      text[*bad] = '?';
    }
  }
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string read_message(std::string_view body) {
  const auto read = document::parse_json(body);
  if (!read) return std::string{body.substr(0, message_max_bytes)};
  if (!read->is_object()) return {};
  const auto failure = read->find("error");
  if (failure == read->end() || !failure->is_object()) {
    auto text = member_text(*read, "error");
    return text.empty() ? member_text(*read, "message") : text;
  }
  auto text = member_text(*failure, "message");
  auto code = member_text(*failure, "code");
  if (code.empty()) code = member_text(*failure, "type");
  if (code.empty()) return text;
  return text.empty() ? code : text + " (" + code + ")";
}

}  // namespace

std::string failure_message(std::string_view body) {
  auto out = tidy(read_message(body));
  return out.empty() ? "no reason was given" : out;
}

}  // namespace mofa::openai
