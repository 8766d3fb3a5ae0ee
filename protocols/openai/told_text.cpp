#include "protocols/openai/told_text.hpp"

namespace mofa::openai {

std::string told_text::advance(std::string_view whole) {
  if (block_.starts_with(whole)) return {};
  std::string out;
  if (!block_.empty() && whole.starts_with(block_)) {
    out = whole.substr(block_.size());
  } else {
    if (told_) out = "\n\n";
    out += whole;
  }
  block_ = whole;
  told_ = true;
  return out;
}

}  // namespace mofa::openai
