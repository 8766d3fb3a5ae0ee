#include "protocols/core/topic.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/core/json_text.hpp"
#include "server/base/limits.hpp"

namespace mofa::core {
namespace {

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_word(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_word_char); }

/// Takes the first word off.
std::string_view take_word(std::string_view& rest) {
  const auto word = rest.substr(0, rest.find('.'));
  rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  return word;
}

result<void> check(std::string_view name, bool with_wildcards) {
  if (name.empty() || name.size() > limits::topic_bytes)
    return fail(errc::invalid, "a topic has 1 to " + std::to_string(limits::topic_bytes) + " bytes");
  if (name.back() == '.') return fail(errc::invalid, "a topic does not end with a dot");
  for (auto rest = name; !rest.empty();) {
    const auto word = take_word(rest);
    if (is_word(word)) continue;
    if (!with_wildcards && (word == "*" || word == "#"))
      return fail(errc::invalid, "a message goes to one topic: wildcards are for subscribers");
    if (with_wildcards && word == "*") continue;
    if (with_wildcards && word == "#") {
      if (rest.empty()) continue;
      return fail(errc::invalid, "'#' stands for all words that follow: nothing can come after it");
    }
    return fail(errc::invalid, with_wildcards
                                   ? "a topic's pattern is words of letters, digits, '_' and '-' with dots between; a word "
                                     "may be '*', the last one '#'"
                                   : "a topic is words of letters, digits, '_' and '-' with dots between");
  }
  return {};
}

}  // namespace

result<void> check_topic(std::string_view name) { return check(name, false); }

topic_pattern::topic_pattern(std::string text)
    : text_(std::move(text)), exact_(text_.find_first_of("*#") == std::string::npos) {}

result<topic_pattern> topic_pattern::parse(std::string text) {
  if (auto sound = check(text, true); !sound) return sound.error();
  return topic_pattern{std::move(text)};
}

bool topic_pattern::matches(std::string_view topic) const {
  if (exact_) return topic == text_;
  std::string_view pattern = text_;
  while (!pattern.empty()) {
    const auto word = take_word(pattern);
    if (word == "#") return true;
    if (topic.empty()) return false;
    const auto other = take_word(topic);
    if (word != "*" && word != other) return false;
  }
  return topic.empty();
}

int hops_of(const label_map& labels) {
  const auto found = labels.find(std::string{topic_hops_label});
  if (found == labels.end()) return 0;
  int hops = 0;
  const auto end = found->second.data() + found->second.size();
  const auto read = std::from_chars(found->second.data(), end, hops);
  return read.ec == std::errc{} && read.ptr == end ? std::max(hops, 0) : 0;
}

std::string to_json_text(const topic_message& what) {
  std::string out;
  out.reserve(what.data.size() + what.topic.size() + what.publisher.size() + 96);
  out += R"({"topic":)";
  append_string(out, what.topic);
  out += R"(,"seq":)";
  what.seq == 0 ? void(out += "null") : append_number(out, what.seq);
  out += R"(,"at":)";
  append_time(out, what.at);
  out += R"(,"publisher":)";
  append_string(out, what.publisher);
  out += R"(,"data":)";
  out += what.data;
  out += '}';
  return out;
}

}  // namespace mofa::core
