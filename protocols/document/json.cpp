#include <bitset>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocols/document/document.hpp"
#include "protocols/document/json_scanner.hpp"
#include "protocols/document/text.hpp"
#include "protocols/document/tree_builder.hpp"
#include "server/base/limits.hpp"

namespace mofa::document {
namespace {

/// A text beyond this is read twice: first without keeping anything, so that what breaks the grammar or the
/// limits costs no memory.
constexpr std::size_t outline_first_bytes = 64 * 1024;

/// Reads one text (RFC 8259, section 2) without recursion, and tells the keeper what is in it and where.
template <class Keeper>
class reader {
 public:
  reader(std::string_view text, Keeper& keeper) : scan_(text), keeper_(keeper) {}

  /// Whether the text is one value and nothing else; if not, why() says what is wrong, and where it is wrong.
  bool read() {
    if (!value()) return false;
    while (true) {
      scan_.skip_space();
      if (!keeper_.is_open()) return scan_.at_end() || scan_.refuse_next("the end of the text");
      const bool object = keeper_.in_object();
      if (scan_.take(',')) {
        if (object && !key()) return false;
        if (!value()) return false;
      } else if (scan_.take(object ? '}' : ']')) {
        keeper_.end();
      } else {
        return scan_.refuse_next(object ? "',' or '}'" : "',' or ']'");
      }
    }
  }

  const std::string& why() const { return scan_.problem().empty() ? problem_ : scan_.problem(); }
  std::size_t where() const { return scan_.problem().empty() ? token_ : scan_.offset(); }

 private:
  /// A value up to where something may follow it: the whole of a scalar or of an empty container, or the first scalar that
  /// is in it.
  bool value() {
    while (true) {
      scan_.skip_space();
      token_ = scan_.offset();
      if (scan_.take('{')) {
        if (!kept(keeper_.begin_object(token_))) return false;
        scan_.skip_space();
        if (scan_.next() == '}') return true;
        if (!key()) return false;
      } else if (scan_.take('[')) {
        if (!kept(keeper_.begin_array(token_))) return false;
        scan_.skip_space();
        if (scan_.next() == ']') return true;
      } else {
        return scalar();
      }
    }
  }

  bool key() {
    scan_.skip_space();
    token_ = scan_.offset();
    if (scan_.next() != '"') return scan_.refuse_next("a key in quotes");
    string_token name;
    if (!scan_.string(name) || !kept(keeper_.key(name, token_))) return false;
    scan_.skip_space();
    return scan_.take(':') || scan_.refuse_next("':'");
  }

  bool scalar() {
    switch (scan_.next()) {
      case '"': {
        string_token text;
        return scan_.string(text) && kept(keeper_.string(text, token_));
      }
      case 't':
        return scan_.word("true") && kept(keeper_.scalar(true, token_));
      case 'f':
        return scan_.word("false") && kept(keeper_.scalar(false, token_));
      case 'n':
        return scan_.word("null") && kept(keeper_.scalar(nullptr, token_));
      case '-':
      case '0':
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6':
      case '7':
      case '8':
      case '9':
        return number();
      default:
        return scan_.refuse_next("a value");
    }
  }

  bool number() {
    number_token digits;
    if (!scan_.number(digits)) return false;
    auto value = value_of(digits);
    if (!value.is_discarded()) return kept(keeper_.scalar(std::move(value), token_));
    problem_ = "number out of range";
    return false;
  }

  bool kept(bool good) {
    if (!good) problem_ = keeper_.problem();
    return good;
  }

  json_scanner scan_;
  Keeper& keeper_;
  std::size_t token_ = 0;  ///< where the token at hand begins
  std::string problem_;
};

/// Keeps nothing: finds what breaks the grammar or the limits.
class outline {
 public:
  bool begin_object(std::size_t) { return begin(true); }
  bool begin_array(std::size_t) { return begin(false); }
  bool key(const string_token&, std::size_t) { return true; }
  bool string(const string_token&, std::size_t) { return bounds_.count(); }
  bool scalar(const json&, std::size_t) { return bounds_.count(); }
  void end() { bounds_.close(); }
  bool is_open() const { return bounds_.depth() > 0; }
  bool in_object() const { return objects_[bounds_.depth() - 1]; }
  const std::string& problem() const { return bounds_.problem(); }

 private:
  bool begin(bool object) {
    if (!bounds_.open() || !bounds_.count()) return false;
    objects_[bounds_.depth() - 1] = object;
    return true;
  }

  document_bounds bounds_;
  std::bitset<limits::document_depth> objects_;  ///< of the open containers, those that are objects
};

/// Builds the value. A member that is most of the text by itself may be left out until the text is not needed any more.
class tree {
 public:
  tree(std::string_view text, place_map* places, bool may_leave_out)
      : builder_(places), tracker_(text), places_(places != nullptr), leave_out_beyond_(text.size()) {
    if (may_leave_out && text.size() > outline_first_bytes) leave_out_beyond_ = text.size() / 2;
  }

  bool begin_object(std::size_t at) { return builder_.begin_object(place(at)); }
  bool begin_array(std::size_t at) { return builder_.begin_array(place(at)); }
  bool key(const string_token& name, std::size_t at) { return builder_.key(text_of(name), place(at)); }
  bool scalar(json value, std::size_t at) { return builder_.scalar(std::move(value), place(at)); }
  bool string(const string_token& text, std::size_t at) {
    if (text.inside.size() <= leave_out_beyond_ || !builder_.in_object()) return scalar(text_of(text), at);
    left_out_ = text;
    hole_ = builder_.member();
    return scalar(nullptr, at);
  }
  void end() { builder_.end(); }
  bool is_open() const { return builder_.is_open(); }
  bool in_object() const { return builder_.in_object(); }
  const std::string& problem() const { return builder_.problem(); }

  json take() { return builder_.take(); }
  /// The same, with what was left out in the memory of the text.
  json take(std::string text) {
    if (hole_ != nullptr) *hole_ = text_within(std::move(text), left_out_);
    return take();
  }

 private:
  position place(std::size_t at) { return places_ ? tracker_.at(at) : position{}; }

  tree_builder builder_;
  line_tracker tracker_;
  bool places_;
  std::size_t leave_out_beyond_;
  string_token left_out_;
  json* hole_ = nullptr;  ///< where it belongs
};

using namer = std::function<std::string(position)>;

std::string by_line(position at) { return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column); }

template <class Keeper>
result<void> read_into(Keeper& keeper, std::string_view text, const namer& place_name) {
  reader<Keeper> one{text, keeper};
  if (one.read()) return {};
  return fail(errc::invalid_syntax, place_name(position_of(text, one.where())) + ": " + one.why());
}

result<void> build(tree& into, std::string_view text, const namer& place_name) {
  if (text.size() > outline_first_bytes) {
    outline nothing;
    if (auto sound = read_into(nothing, text, place_name); !sound) return sound;
  }
  return read_into(into, text, place_name);
}

}  // namespace

result<json> parse_json(std::string_view text) {
  tree out{text, nullptr, false};
  if (auto done = build(out, text, by_line); !done) return std::move(done).error();
  return out.take();
}

result<json> consume_json(std::string text) {
  tree out{text, nullptr, true};
  if (auto done = build(out, text, by_line); !done) return std::move(done).error();
  return out.take(std::move(text));
}

result<document> read_json(std::string_view text, std::string name) {
  document out;
  tree value{text, &out.places, false};
  if (auto done = build(value, text, [&](position at) { return place_name(name, at); }); !done)
    return std::move(done).error();
  out.value = value.take();
  out.name = std::move(name);
  return out;
}

}  // namespace mofa::document
