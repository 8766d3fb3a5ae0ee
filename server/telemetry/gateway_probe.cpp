#include "server/telemetry/gateway_probe.hpp"

#include <spdlog/spdlog.h>

#include "server/telemetry/logging.hpp"
#include "server/telemetry/names.hpp"

namespace mofa::telemetry {
namespace {

std::string_view class_of(int status) {
  switch (status / 100) {
    case 1:
      return "1xx";
    case 2:
      return "2xx";
    case 3:
      return "3xx";
    case 4:
      return "4xx";
    default:
      return "5xx";
  }
}

}  // namespace

gateway_probe::gateway_probe(prometheus::Registry& in)
    : connections_(gauge(in, names::http_connections, "Open connections.")),
      connections_opened_(counter(in, names::http_connections_opened, "Connections accepted.")),
      connections_refused_(counter(in, names::http_connections_refused, "Connections beyond the limit.")),
      timeouts_({"during"}, counters(in, names::http_connection_timeouts, "Connections closed because a deadline passed.")),
      started_({"route"}, counters(in, names::http_requests_started, "Requests given to a handler.")),
      duration_({"route", "method", "status"},
                histograms(in, names::http_request_duration, "From the end of a request's header to the end of its answer.",
                           duration_buckets)),
      refused_({"reason"}, counters(in, names::http_requests_refused, "Requests that the gateway refused itself.")),
      dropped_({"route"}, counters(in, names::http_answers_dropped, "Requests whose handler gave no answer.")),
      streams_(gauge(in, names::http_streams, "Open event streams.")),
      streams_opened_(counter(in, names::http_streams_opened, "Event streams opened.")),
      frames_dropped_(counter(in, names::http_frames_dropped, "Live frames that slow readers did not get.")),
      failures_(counter(in, names::http_failures, "Failures of the gateway itself.")),
      websockets_(gauge(in, names::websockets, "Open WebSockets.")),
      websockets_opened_(counter(in, names::websockets_opened, "WebSockets opened.")),
      websockets_closed_({"reason"}, counters(in, names::websockets_closed, "WebSockets that ended, and why.")),
      websocket_messages_({"direction"}, counters(in, names::websocket_messages, "Messages over WebSockets.")),
      log_(logger("gateway")) {}

void gateway_probe::routes_known(std::size_t patterns) {
  // The two that are no patterns: "unmatched" and "door".
  const auto routes = patterns + 2;
  started_.expect(0, routes);
  duration_.expect(0, routes);
  dropped_.expect(0, routes);
}

void gateway_probe::connection_opened() {
  connections_.Increment();
  connections_opened_.Increment();
}

void gateway_probe::connection_closed() { connections_.Decrement(); }
void gateway_probe::connection_refused() { connections_refused_.Increment(); }
void gateway_probe::connection_timed_out(std::string_view during) { timeouts_.of({during}).Increment(); }
void gateway_probe::request_started(std::string_view pattern) { started_.of({pattern}).Increment(); }

void gateway_probe::request_finished(std::string_view pattern, std::string_view method, int status,
                                     std::chrono::nanoseconds took, std::string_view request_id, std::string_view path) {
  duration_.of({pattern, method, class_of(status)}).Observe(std::chrono::duration<double>{took}.count());
  if (!log_->should_log(spdlog::level::debug)) return;
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  log_->debug("request req={} method={} path={} route={} status={} took_us={}", quoted(request_id), method, quoted(path),
              quoted(pattern), status, micros);
}

void gateway_probe::request_refused(std::string_view reason) {
  refused_.of({reason}).Increment();
  if (!log_->should_log(spdlog::level::warn)) return;
  if (const auto left_out = refusal_lines_.admit())
    log_->warn("request refused reason={} left_out={}", quoted(reason), *left_out);
}

void gateway_probe::answer_dropped(std::string_view pattern) {
  dropped_.of({pattern}).Increment();
  log_->error("answer dropped route={}", quoted(pattern));
}

void gateway_probe::stream_opened() {
  streams_.Increment();
  streams_opened_.Increment();
}

void gateway_probe::stream_closed() { streams_.Decrement(); }
void gateway_probe::frames_dropped(std::size_t count) { frames_dropped_.Increment(static_cast<double>(count)); }

void gateway_probe::websocket_opened() {
  websockets_.Increment();
  websockets_opened_.Increment();
}

void gateway_probe::websocket_closed(std::string_view reason) {
  websockets_.Decrement();
  websockets_closed_.of({reason}).Increment();
}

void gateway_probe::websocket_message(std::string_view direction) { websocket_messages_.of({direction}).Increment(); }

void gateway_probe::failure(std::string_view detail) {
  failures_.Increment();
  log_->error("failure detail={}", quoted(detail));
}

}  // namespace mofa::telemetry
