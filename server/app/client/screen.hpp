// The screen: where a command shows what happens; answers go one way, everything about them another.
// Implemented by the terminal, and by tests that look at what was shown; owned by the command's session.
// The main thread.
#pragma once

#include <string_view>

namespace mofa::app::client {

enum class tone { plain, quiet, good, bad, asking };

class screen {
 public:
  virtual ~screen() = default;
  /// What the agent says, as it comes; for stdout.
  virtual void answer(std::string_view text) = 0;
  /// A line about it; for stderr.
  virtual void note(tone how, std::string_view line) = 0;
  /// What is under way until the next call of any of these; empty: nothing. Only a terminal shows it.
  virtual void busy(std::string_view what) = 0;
};

}  // namespace mofa::app::client
