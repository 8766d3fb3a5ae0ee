#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <streambuf>
#include <vector>

#include "protocols/document/document.hpp"
#include "protocols/document/scalar.hpp"
#include "protocols/document/text.hpp"
#include "protocols/document/tree_builder.hpp"
#include "server/base/limits.hpp"

namespace mofa::document {
namespace {

/// Leaves yaml-cpp's parser; caught in read_yaml.
struct refused {
  position at;
  std::string message;
};

position to_position(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

class handler final : public YAML::EventHandler {
 public:
  handler(std::string_view text, place_map& places) : text_(text), builder_(&places) {}
  json take() { return builder_.take(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw refused{to_position(mark), "only one document is allowed"};
  }
  void OnDocumentEnd() override {}

  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    throw refused{to_position(mark), "anchors and aliases are not allowed"};
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw refused{to_position(mark), "anchors and aliases are not allowed"};
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { scalar(mark, nullptr); }

  // yaml-cpp's tag is "?" for a plain scalar, "!" for a quoted one; any other was written.
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    // The text is UTF-8; but yaml-cpp makes a single byte of each of these two escapes.
    if (find_bad_utf8(value))
      throw refused{to_position(mark), "the escapes \\N and \\_ are not supported; write \\u0085 or \\u00a0"};
    const auto begin = static_cast<std::size_t>(mark.pos);
    const bool quoted = tag == "!" && begin < text_.size() && text_[begin] != '!';
    if (quoted) return scalar(mark, value);
    refuse_tag(mark, tag);
    auto resolved = resolve_scalar(value);
    if (!resolved) throw refused{to_position(mark), "number out of range"};
    if (wants_key() && value == "<<") throw refused{to_position(mark), "merge keys are not allowed"};
    scalar(mark, *std::move(resolved));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, style);
    if (!builder_.begin_array(to_position(mark))) throw refused{to_position(mark), builder_.problem()};
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value style) override {
    open(mark, tag, style);
    if (!builder_.begin_object(to_position(mark))) throw refused{to_position(mark), builder_.problem()};
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  bool wants_key() const { return builder_.in_object() && !key_read_; }

  void scalar(const YAML::Mark& mark, json value) {
    const auto at = to_position(mark);
    if (wants_key()) {
      if (!value.is_string()) refuse_key(mark, flow_.back());
      if (!builder_.key(std::move(value.get_ref<std::string&>()), at)) throw refused{at, builder_.problem()};
      key_read_ = true;
      return;
    }
    if (!builder_.scalar(std::move(value), at)) throw refused{at, builder_.problem()};
    key_read_ = false;
  }
  void open(const YAML::Mark& mark, const std::string& tag, YAML::EmitterStyle::value style) {
    refuse_tag(mark, tag);
    const bool in_brackets = style == YAML::EmitterStyle::Flow;
    if (wants_key()) refuse_key(mark, in_brackets);
    flow_.push_back(in_brackets);
    key_read_ = false;
  }
  // yaml-cpp takes what follows a bracket without an end for a key.
  [[noreturn]] static void refuse_key(const YAML::Mark& mark, bool in_brackets) {
    throw refused{to_position(mark), in_brackets ? "a key must be a string in quotes, or a bracket is never closed"
                                                 : "a key must be a string; put it in quotes"};
  }
  void close() {
    builder_.end();
    flow_.pop_back();
    key_read_ = false;
  }
  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag != "?") throw refused{to_position(mark), "tags are not allowed"};
  }

  std::string_view text_;
  tree_builder builder_;
  std::vector<bool> flow_;  ///< for each open container whether it is written in brackets
  bool key_read_ = false;   ///< the innermost object has a key that waits for its value
  int documents_ = 0;
};

/// Reads from the caller's bytes without copying them.
class view_buffer final : public std::streambuf {
 public:
  explicit view_buffer(std::string_view text) {
    // The get area is never written to; std::streambuf has no read-only form of it.
    auto* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

/// YAML 1.2, section 5.1 allows no C0 characters but tab and line breaks; yaml-cpp takes some of them for an end of file.
std::optional<std::size_t> find_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) return i;
  }
  return std::nullopt;
}

// yaml-cpp reads ahead to the end of a bracket before it reports it, and keeps some 200 bytes for each byte that it reads.
constexpr std::size_t max_yaml_bytes = 1024 * 1024;
constexpr std::size_t max_open_brackets = 1'000;

/// Where brackets are nested beyond the limit, when so many are open that they cannot be text: the first one too many.
std::optional<std::size_t> find_nesting(std::string_view text) {
  std::size_t open = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') {
      if (++open == limits::document_depth + 1) first = i;
      if (open > max_open_brackets) return first;
    } else if ((text[i] == ']' || text[i] == '}') && open > 0) {
      --open;
    }
  }
  return std::nullopt;
}

error syntax_error(const std::string& name, position at, const std::string& message) {
  return fail(errc::invalid_syntax, place_name(name, at) + ": " + message);
}

}  // namespace

result<document> read_yaml(std::string_view text, std::string name) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (const auto bad = find_bad_utf8(text)) return syntax_error(name, position_of(text, *bad), "not UTF-8");
  if (const auto bad = find_control(text)) {
    return syntax_error(name, position_of(text, *bad), "control characters are not allowed");
  }
  if (const auto bad = find_nesting(text)) {
    return syntax_error(name, position_of(text, *bad),
                        "nested deeper than " + std::to_string(limits::document_depth) + " levels");
  }
  if (text.size() > max_yaml_bytes) {
    return syntax_error(name, {1, 1}, "YAML of more than " + std::to_string(max_yaml_bytes) + " bytes; write it as JSON");
  }
  document out;
  try {
    view_buffer buffer{text};
    std::istream stream{&buffer};
    YAML::Parser parser{stream};
    handler events{text, out.places};
    while (parser.HandleNextDocument(events)) {
    }
    out.value = events.take();
  } catch (const refused& why) {
    return syntax_error(name, why.at, why.message);
  } catch (const YAML::Exception& why) {
    // At the end of the text yaml-cpp's mark is no more than the last line.
    const bool at_end = why.mark.column == 0 && why.msg.ends_with("flow not found");
    return syntax_error(name, at_end ? position_of(text, text.size()) : to_position(why.mark), why.msg);
  }
  out.name = std::move(name);
  return out;
}

}  // namespace mofa::document
