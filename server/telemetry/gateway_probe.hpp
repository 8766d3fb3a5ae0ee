// The gateway's probe with a memory: counts connections, requests and streams, and writes the access log.
// Owned by `metrics`; the app hands it to the gateway.
// Verbs are called on any thread and do not block.
#pragma once

#include <prometheus/registry.h>

#include <memory>

#include "server/gateway/probe.hpp"
#include "server/telemetry/families.hpp"
#include "server/telemetry/line_limit.hpp"

namespace spdlog {
class logger;
}

namespace mofa::telemetry {

/// The access log: a line at debug for every finished request, one at warn for every refused one. A flood of refusals writes
/// at most ten lines a second; the next line tells how many were left out.
class gateway_probe final : public gateway::probe {
 public:
  explicit gateway_probe(prometheus::Registry& in);

  void routes_known(std::size_t patterns) override;
  void connection_opened() override;
  void connection_closed() override;
  void connection_refused() override;
  void connection_timed_out(std::string_view during) override;
  void request_started(std::string_view pattern) override;
  void request_finished(std::string_view pattern, std::string_view method, int status, std::chrono::nanoseconds took,
                        std::string_view request_id, std::string_view path) override;
  void request_refused(std::string_view reason) override;
  void answer_dropped(std::string_view pattern) override;
  void stream_opened() override;
  void stream_closed() override;
  void frames_dropped(std::size_t count) override;
  void websocket_opened() override;
  void websocket_closed(std::string_view reason) override;
  void websocket_message(std::string_view direction) override;
  void failure(std::string_view detail) override;

 private:
  Gauge& connections_;
  Counter& connections_opened_;
  Counter& connections_refused_;
  labelled<Counter, 1> timeouts_;
  labelled<Counter, 1> started_;
  labelled<Histogram, 3> duration_;
  labelled<Counter, 1> refused_;
  labelled<Counter, 1> dropped_;
  Gauge& streams_;
  Counter& streams_opened_;
  Counter& frames_dropped_;
  Counter& failures_;
  Gauge& websockets_;
  Counter& websockets_opened_;
  labelled<Counter, 1> websockets_closed_;
  labelled<Counter, 1> websocket_messages_;
  std::shared_ptr<spdlog::logger> log_;
  line_limit refusal_lines_;
};

}  // namespace mofa::telemetry
