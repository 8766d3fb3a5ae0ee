// Told text: what the client of a stream has been sent, so that nothing is sent twice and nothing can be missed.
// Owned by the stream of one completion.
// Used by one thread.
#pragma once

#include <string>
#include <string_view>

namespace mofa::openai {

/// The text grows in blocks with an empty line between them: one for each time that the agent speaks.
class told_text {
 public:
  /// The piece that is missing until the block reads `whole`; empty when it reads so already, or goes on beyond it. When the
  /// block reads otherwise (a further attempt that takes other words), `whole` follows as a block of its own.
  std::string advance(std::string_view whole);
  /// What comes next is another block.
  void end_block() { block_.clear(); }

 private:
  std::string block_;
  bool told_ = false;  ///< anything, in any block
};

}  // namespace mofa::openai
