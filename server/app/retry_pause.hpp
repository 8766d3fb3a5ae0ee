// The pause before another try: twice as long each time that it was of no use, up to a limit.
// Owned by the reloader, for what waits without a file that would tell of it.
// One thread.
#pragma once

#include <algorithm>
#include <utility>

#include "server/base/clock.hpp"

namespace mofa::app {

class retry_pause {
 public:
  retry_pause(milliseconds first, milliseconds longest) : first_(first), longest_(longest), next_(first) {}

  /// How long to wait this time.
  milliseconds next() { return std::exchange(next_, std::min(2 * next_, longest_)); }
  /// It was of use, or something has changed: from the start.
  void reset() { next_ = first_; }

 private:
  milliseconds first_, longest_, next_;
};

}  // namespace mofa::app
