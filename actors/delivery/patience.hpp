// Patience: what an answer to a POST means for the next one, and how long to wait before it.
// Asked by the delivery actor after each attempt.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "actors/delivery/options.hpp"
#include "server/base/result.hpp"

namespace mofa::delivery {

/// What became of one attempt.
struct verdict {
  enum class kind {
    taken,    ///< 2xx
    again,    ///< it may be taken later: 408, 429, 5xx, no answer
    refused,  ///< this will never be taken, the next one may be: other 4xx than those of `wrong`
    wrong,    ///< nothing will ever be: 401, 403, 404, 410, redirects and other statuses, and what cannot be sent at all
  };
  kind what = kind::taken;
  std::optional<bool> answered = true;  ///< whether the host gave a whole answer, whatever it was; nothing: it was not asked
  std::string
      reason;  ///< of refused and wrong: "http_3xx", "http_4xx", or the name of an errc; never anything that was sent
  std::optional<std::chrono::seconds> retry_after;
};

verdict judge(const result<core::push_answer>& outcome);

/// The pause after attempt number `attempt` (1, 2, …): doubled each time, at least half of it and at most all by `chance`
/// (0 to 1). Not less than what the receiver asked for, as far as the options go along with that.
milliseconds pause_after(int attempt, const std::optional<std::chrono::seconds>& asked, const options& how, double chance);

}  // namespace mofa::delivery
