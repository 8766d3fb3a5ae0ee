#include "server/telemetry/outbound_probe.hpp"

#include <spdlog/spdlog.h>

#include "server/telemetry/logging.hpp"
#include "server/telemetry/names.hpp"

namespace mofa::telemetry {
namespace {

std::string_view profile_of(bool guarded) { return guarded ? "guarded" : "trusted"; }

}  // namespace

outbound_probe::outbound_probe(prometheus::Registry& in)
    : running_({"profile"}, gauges(in, names::outbound_running, "Requests to foreign hosts that are under way.")),
      duration_({"profile", "outcome"},
                histograms(in, names::outbound_duration, "Requests to foreign hosts, by how they ended.", duration_buckets)),
      log_(logger("http_client")) {}

void outbound_probe::request_started(bool guarded) { running_.of({profile_of(guarded)}).Increment(); }

void outbound_probe::request_finished(bool guarded, std::string_view outcome, std::chrono::nanoseconds took) {
  running_.of({profile_of(guarded)}).Decrement();
  duration_.of({profile_of(guarded), outcome}).Observe(std::chrono::duration<double>(took).count());
}

void outbound_probe::address_refused(std::string_view host, std::string_view address, std::string_view reason) {
  const auto left_out = refusal_lines_.admit();
  if (!left_out) return;
  // A host may be a user's or a model's word; the address is enough to allow it.
  const auto of = log_->should_log(spdlog::level::debug) ? "host=" + quoted(host) + ' ' : std::string{};
  log_->warn("address refused {}address={} reason={} left_out={}", of, quoted(address), quoted(reason), *left_out);
}

}  // namespace mofa::telemetry
