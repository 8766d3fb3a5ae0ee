// The restart policy: whether something that crashed is restarted, and when. For supervised children and for single tasks.
// A window is owned by whoever restarts: a supervisor has one for itself, an agent one for each task that crashed lately.
// Pure: time and randomness are arguments; lives on its owner's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "server/base/clock.hpp"

namespace mofa::supervision {

/// How many restarts are allowed, and how they are spaced.
struct restart_rule {
  int intensity = 5;  ///< restarts within `period`; one crash more gives up (OTP: intensity)
  milliseconds period{30'000};
  milliseconds backoff_min{50};  ///< before the second restart in the window; doubles with each further one
  milliseconds backoff_max{5'000};
};

/// What to do about a crash.
struct decision {
  enum class action {
    restart_now,    ///< the first crash in the window
    restart_after,  ///< after `delay`
    give_up,        ///< beyond the intensity; the window stays as it is
  };
  action what = action::restart_now;
  milliseconds delay{0};

  friend bool operator==(const decision&, const decision&) = default;
};

/// The crashes within the last period that were followed by a restart; at most `intensity` of them are kept.
class restart_window {
 public:
  explicit restart_window(const restart_rule& rule) : rule_(rule) {}

  /// Records a crash at `now` and decides. `seed` gives the jitter: a delay between half of its step and the whole of it.
  decision on_crash(time_point now, std::uint64_t seed);

  /// Restarts within the period that ends now.
  int restarts_in_window(time_point now) const;

 private:
  bool is_old(time_point crash, time_point now) const { return now - crash > rule_.period; }

  restart_rule rule_;
  std::vector<time_point> crashes_;  // oldest first
};

}  // namespace mofa::supervision
