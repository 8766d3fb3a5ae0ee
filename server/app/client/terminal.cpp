#include "server/app/client/terminal.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "server/app/client/text.hpp"

namespace mofa::app::client {
namespace {

constexpr std::array<std::string_view, 10> pictures{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
/// What is over sooner is not worth a picture.
constexpr std::chrono::milliseconds quick{150};

std::string_view colour_of(tone how) {
  switch (how) {
    case tone::plain:
      return "";
    case tone::quiet:
      return "\x1b[2m";
    case tone::good:
      return "\x1b[32m";
    case tone::bad:
      return "\x1b[31m";
    case tone::asking:
      return "\x1b[33m";
  }
  return "";
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool is_dumb() {
  const char* kind = std::getenv("TERM");
  return kind == nullptr || std::string_view{kind} == "dumb";
}

std::size_t columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

// Nobody reads what is written about the work: then it goes on without.
void put_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

[[noreturn]] void end_like_sigpipe() {
  ::signal(SIGPIPE, SIG_DFL);
  ::raise(SIGPIPE);
  std::_Exit(128 + SIGPIPE);
}

}  // namespace

terminal_traits terminal_traits::of_process() {
  return {::isatty(STDOUT_FILENO) == 1, ::isatty(STDERR_FILENO) == 1 && !is_dumb(), !is_set("NO_COLOR") && !is_dumb()};
}

terminal::~terminal() { wipe(); }

void terminal::put(std::string_view text) {
  wipe();
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) end_like_sigpipe();
}

void terminal::answer(std::string_view text) {
  busy_.clear();
  if (text.empty()) return;
  within_line_ = text.back() != '\n';
  // A terminal obeys some characters; a pipe gets what the agent said.
  put(traits_.output_is_terminal ? printable(text) : std::string{text});
}

void terminal::line(std::string_view text) {
  put(std::string{text} + '\n');
  within_line_ = false;
}

void terminal::note(tone how, std::string_view text) {
  wipe();
  busy_.clear();
  const auto colour = traits_.errors_are_terminal && traits_.colours ? colour_of(how) : std::string_view{};
  put_error(fmt::format("{}{}{}\n", colour, text, colour.empty() ? "" : "\x1b[0m"));
}

void terminal::prompt(std::string_view text) {
  wipe();
  if (traits_.errors_are_terminal) put_error(text);
}

void terminal::busy(std::string_view what) {
  if (!traits_.errors_are_terminal || busy_ == what) return;
  wipe();
  busy_ = what;
  busy_since_ = std::chrono::steady_clock::now();
}

void terminal::tick() {
  if (busy_.empty() || within_line_) return;
  const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - busy_since_);
  if (span < quick) return;
  picture_ = (picture_ + 1) % pictures.size();
  const auto text = fmt::format("{} {} {}", pictures[picture_], busy_, duration_text(span));
  put_error("\r" + one_line(text, columns() - 2) + "\x1b[K");
  drawn_ = true;
}

void terminal::wipe() {
  if (!drawn_) return;
  put_error("\r\x1b[K");
  drawn_ = false;
}

}  // namespace mofa::app::client
