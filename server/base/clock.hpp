// Time as the project sees it: UTC with milliseconds for what is stored, one seam for what asks "now".
// The app owns the clock and injects it; pure code gets the time as an argument instead.
// now() may be called on any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mofa {

using std::chrono::milliseconds;

/// A moment in UTC, in milliseconds since 1970.
using time_point = std::chrono::sys_time<milliseconds>;

/// Asks the operating system, or a test.
class clock {
 public:
  virtual ~clock() = default;
  virtual time_point now() const = 0;
};

/// The operating system's UTC clock.
class system_clock final : public clock {
 public:
  time_point now() const override;
};

/// RFC 3339, UTC, exactly three decimals: "2026-01-31T09:00:00.123Z".
std::string to_rfc3339(time_point at);
/// Appends the same 24 characters.
void append_rfc3339(std::string& out, time_point at);
/// Reads RFC 3339 with any offset and any number of decimals (cut to milliseconds); nothing when it is not one.
std::optional<time_point> parse_rfc3339(std::string_view text);

}  // namespace mofa
