// The terminal as a screen: answers to stdout, everything about them to stderr, colours and a spinner where a person looks.
// Owned by the command's session.
// The main thread.
#pragma once

#include <chrono>
#include <string>

#include "server/app/client/screen.hpp"

namespace mofa::app::client {

/// What the two streams are, and whether colours are wanted (NO_COLOR, TERM=dumb).
struct terminal_traits {
  bool output_is_terminal = false;
  bool errors_are_terminal = false;
  bool colours = true;

  /// Of this process.
  static terminal_traits of_process();
};

class terminal final : public screen {
 public:
  explicit terminal(terminal_traits traits) : traits_(traits) {}
  ~terminal() override;

  void answer(std::string_view text) override;
  void note(tone how, std::string_view line) override;
  void busy(std::string_view what) override;

  /// A line for stdout as it is; ends the process like SIGPIPE does when nobody reads any more.
  void line(std::string_view text);
  /// Text for stderr without a line feed, if a person sits there.
  void prompt(std::string_view text);
  /// The next picture of the spinner.
  void tick();

  const terminal_traits& traits() const { return traits_; }

 private:
  void put(std::string_view text);
  void wipe();

  terminal_traits traits_;
  std::string busy_;
  std::chrono::steady_clock::time_point busy_since_{};
  std::size_t picture_ = 0;
  bool drawn_ = false;
  bool within_line_ = false;  ///< the answer's line is not over
};

}  // namespace mofa::app::client
