#include <algorithm>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>

#include "protocols/document/document.hpp"
#include "protocols/document/text.hpp"
#include "protocols/document/tree_builder.hpp"

namespace mofa::document {
namespace {

/// Walks over the text and tells how far the lexer has read: nlohmann's SAX events carry no position.
class counting_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  counting_iterator(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  counting_iterator& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  friend bool operator==(const counting_iterator& a, const counting_iterator& b) { return a.at_ == b.at_; }
  friend bool operator!=(const counting_iterator& a, const counting_iterator& b) { return a.at_ != b.at_; }

 private:
  const char* at_;
  const char** reached_;
};

/// What went wrong, and at which byte.
struct failure {
  std::string message;
  std::size_t offset = 0;
};

/// "syntax error while parsing value - unexpected ']'; expected …" of nlohmann's longer text.
std::string syntax_message(const nlohmann::detail::exception& why) {
  if (why.id == 406) return "number out of range";
  std::string_view text = why.what();
  if (const auto at = text.find("syntax error "); at != text.npos) text.remove_prefix(at);
  // What it read last may be bad UTF-8, and must not come back in an answer.
  if (const auto at = text.find("; last read: "); at != text.npos) text = text.substr(0, at);
  return std::string{text};
}

/// The SAX handler. With `reached` it knows the place of each token, else it records none and is faster.
class handler {
 public:
  handler(std::string_view text, const char* const* reached, place_map* places)
      : builder_(places), text_(text), reached_(reached), tracker_(text) {}

  bool null() { return builder_.scalar(nullptr, word(4)); }
  bool boolean(bool value) { return builder_.scalar(value, word(value ? 4 : 5)); }
  bool number_integer(json::number_integer_t value) { return builder_.scalar(value, number()); }
  bool number_unsigned(json::number_unsigned_t value) { return builder_.scalar(value, number()); }
  bool number_float(json::number_float_t value, const std::string& token) {
    const bool integer = token.find_first_of(".eE") == token.npos;
    if (integer) return refuse("number out of range");  // it would lose digits
    return builder_.scalar(value, number());
  }
  bool string(std::string& value) { return builder_.scalar(std::move(value), quoted()); }
  bool binary(json::binary_t&) { return refuse("binary values are not JSON"); }
  bool start_object(std::size_t) { return builder_.begin_object(word(1)); }
  bool start_array(std::size_t) { return builder_.begin_array(word(1)); }
  bool key(std::string& value) { return builder_.key(std::move(value), quoted()); }
  bool end_object() {
    builder_.end();
    return true;
  }
  bool end_array() { return end_object(); }
  bool parse_error(std::size_t bytes_read, const std::string&, const nlohmann::detail::exception& why) {
    failure_ = {syntax_message(why), std::min(bytes_read > 0 ? bytes_read - 1 : 0, text_.size())};
    return false;
  }

  json take() { return builder_.take(); }
  /// After a failed parse, when `reached` was given.
  failure why() const {
    if (!failure_.message.empty()) return failure_;
    return {problem_.empty() ? builder_.problem() : problem_, token_};
  }

 private:
  std::size_t read_bytes() const { return static_cast<std::size_t>(*reached_ - text_.data()); }
  position at(std::size_t offset) {
    token_ = offset;
    return tracker_.at(offset);
  }
  /// A token of known length, just read.
  position word(std::size_t length) { return reached_ == nullptr ? position{} : at(read_bytes() - length); }
  /// A string, just read: back to the quote that opens it, over quotes after an odd number of backslashes.
  position quoted() {
    if (reached_ == nullptr) return {};
    std::size_t begin = read_bytes() - 2;
    while (text_[begin] != '"' || escaped(begin)) --begin;
    return at(begin);
  }
  bool escaped(std::size_t quote) const {
    std::size_t before = quote;
    while (before > 0 && text_[before - 1] == '\\') --before;
    return (quote - before) % 2 == 1;
  }
  /// A number: the lexer has read one byte more, unless the text ends with it.
  position number() {
    if (reached_ == nullptr) return {};
    const auto part_of_number = [](char c) {
      return (c >= '0' && c <= '9') || std::string_view{"+-.eE"}.find(c) != std::string_view::npos;
    };
    std::size_t end = read_bytes();
    if (!part_of_number(text_[end - 1])) --end;
    std::size_t begin = end;
    while (begin > 0 && part_of_number(text_[begin - 1])) --begin;
    return at(begin);
  }
  bool refuse(std::string why) {
    problem_ = std::move(why);
    number();
    return false;
  }

  tree_builder builder_;
  std::string_view text_;
  const char* const* reached_;
  line_tracker tracker_;
  std::size_t token_ = 0;  ///< where the last token begins
  std::string problem_;
  failure failure_;
};

result<json> parse_tracked(std::string_view text, place_map* places,
                           const std::function<std::string(position)>& place_name) {
  const char* reached = text.data();
  handler events{text, &reached, places};
  const bool good = json::sax_parse(counting_iterator{text.data(), &reached},
                                    counting_iterator{text.data() + text.size(), &reached}, &events);
  if (good) return events.take();
  const auto why = events.why();
  return fail(errc::invalid_syntax, place_name(position_of(text, why.offset)) + ": " + why.message);
}

}  // namespace

result<json> parse_json(std::string_view text) {
  {
    handler events{text, nullptr, nullptr};
    if (json::sax_parse(text.begin(), text.end(), &events)) return events.take();
  }
  // The quick pass knows no places; a bad body is read a second time to name the place.
  return parse_tracked(text, nullptr, [](position at) {
    return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column);
  });
}

result<document> read_json(std::string_view text, std::string name) {
  document out;
  auto value = parse_tracked(text, &out.places, [&](position at) { return place_name(name, at); });
  if (!value) return std::move(value).error();
  out.value = *std::move(value);
  out.name = std::move(name);
  return out;
}

}  // namespace mofa::document
