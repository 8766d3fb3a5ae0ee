#include "protocols/a2a/pieces.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace mofa::a2a {
namespace {

/// What a byte of a text takes in JSON, at most.
std::size_t bytes_of(char c) {
  if (static_cast<unsigned char>(c) < 0x20) return 6;
  return c == '"' || c == '\\' ? 2 : 1;
}

std::size_t bytes_of(std::string_view text) {
  std::size_t out = 0;
  for (const char c : text) out += bytes_of(c);
  return out;
}

std::size_t bytes_of(const core::part& what) {
  if (what.kind != core::part::type::data) return bytes_of(std::string_view{what.text});
  return what.data.dump(-1, ' ', false, core::json::error_handler_t::replace).size();
}

/// The longest beginning of at most so many bytes that ends between characters; at least one character.
std::size_t cut(std::string_view text, std::size_t most_bytes) {
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  std::size_t end = 0;
  for (std::size_t used = 0; end < text.size(); ++end) {
    used += bytes_of(text[end]);
    if (used > most_bytes) break;
  }
  if (end == text.size()) return end;
  while (end > 0 && continues(end)) --end;
  if (end > 0) return end;
  for (end = 1; end < text.size() && continues(end);) ++end;
  return end;
}

/// Fills one piece after the other.
class cutter {
 public:
  cutter(const core::artifact& like, std::size_t most_bytes) : like_(like), most_(most_bytes) { like_.parts.clear(); }

  void add(const core::part& what) {
    const auto bytes = bytes_of(what);
    if (what.kind == core::part::type::text && bytes > most_) return add_in_cuts(what);
    if (used_ > 0 && used_ + bytes > most_) close();
    used_ += bytes;
    now_.push_back(what);
  }
  std::vector<core::artifact> finish() {
    if (!now_.empty() || out_.empty()) close();
    return std::move(out_);
  }

 private:
  void add_in_cuts(const core::part& what) {
    std::string_view rest = what.text;
    while (!rest.empty()) {
      if (used_ >= most_) close();
      const auto length = cut(rest, most_ - used_);
      if (used_ > 0 && bytes_of(rest.substr(0, length)) > most_ - used_) {
        close();
        continue;
      }
      auto piece = what;
      piece.text = rest.substr(0, length);
      rest.remove_prefix(length);
      used_ += bytes_of(std::string_view{piece.text});
      now_.push_back(std::move(piece));
    }
  }
  void close() {
    out_.push_back(like_);
    out_.back().parts = std::exchange(now_, {});
    used_ = 0;
  }

  core::artifact like_;
  std::size_t most_;
  std::vector<core::part> now_;
  std::size_t used_ = 0;
  std::vector<core::artifact> out_;
};

}  // namespace

std::vector<core::artifact> pieces_of(const core::artifact& what, std::size_t most_bytes) {
  cutter all{what, most_bytes};
  for (const auto& each : what.parts) all.add(each);
  return all.finish();
}

core::message shortened(core::message what, std::size_t most_bytes, std::string_view task_id) {
  if (bytes_of(what) <= most_bytes) return what;
  std::vector<core::part> kept;
  auto left = most_bytes;
  for (auto& each : what.parts) {
    const auto bytes = bytes_of(each);
    if (bytes > left && (each.kind != core::part::type::text || left == 0)) continue;
    if (bytes > left) each.text.resize(cut(each.text, left));
    left -= std::min(left, bytes);
    kept.push_back(std::move(each));
  }
  kept.emplace_back().text = "[This is too long for an event of a stream: task " + std::string{task_id} + " has the whole.]";
  what.parts = std::move(kept);
  what.metadata[std::string{cut_key}] = true;
  return what;
}

std::size_t bytes_of(const core::message& what) {
  std::size_t out = 0;
  for (const auto& each : what.parts) out += bytes_of(each);
  return out;
}

}  // namespace mofa::a2a
