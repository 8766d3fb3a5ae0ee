#include "server/telemetry/metrics.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "actors/system/probe.hpp"
#include "server/gateway/probe.hpp"
#include "server/models/probe.hpp"
#include "server/telemetry/process_metrics.hpp"

using namespace mofa;
using namespace std::chrono_literals;

namespace {

/// The value of the sample whose name and labels are exactly `sample`; nothing when there is none.
std::optional<double> value_of(const telemetry::metrics& from, const std::string& sample) {
  std::istringstream lines{from.exposition()};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(sample + " ")) return std::stod(line.substr(sample.size() + 1));
  }
  return std::nullopt;
}

/// Every verb of both probes once, so that every metric has a value to show.
void touch_everything(telemetry::metrics& all) {
  auto& actors = all.actors();
  actors.task_submitted("echo");
  actors.task_started("echo");
  actors.task_ended("echo", core::task_state::completed, 1ms);
  actors.task_crashed("echo");
  actors.task_restarted("echo");
  actors.task_quarantined("echo");
  actors.task_passivated("echo");
  actors.task_activated("echo");
  actors.submission_refused("echo", errc::queue_full);
  actors.append_committed(1, 1us);
  actors.append_failed(errc::io, 1);
  actors.effect_started("tool");
  actors.effect_ended("tool", true, 1us);
  actors.timer_fired();
  actors.late_message_dropped("outcome");
  actors.child_restarted("root/store", "io");
  actors.escalated("root/store", "io");
  actors.subscriber_added();
  actors.subscriber_removed();
  actors.push_attempted(true);
  actors.push_refused({"0190163d-8694-739b-aea5-966c26f8ad91", "mine", "one.example:443"}, "http_4xx");
  actors.push_given_up({"0190163d-8694-739b-aea5-966c26f8ad91", "mine", "one.example:443"}, "http_4xx");
  actors.push_store_failed(errc::io);
  actors.pushes_open(1);
  auto& models = all.models();
  models.attempt_retried("openai");
  models.circuit_opened("openai");
  models.circuit_refused("openai");
  auto& gateway = all.gateway();
  gateway.connection_opened();
  gateway.connection_closed();
  gateway.connection_refused();
  gateway.connection_timed_out("idle");
  gateway.request_started("/livez");
  gateway.request_finished("/livez", "GET", 200, 1us, "r", "/livez");
  gateway.request_refused("overloaded");
  gateway.answer_dropped("/livez");
  gateway.stream_opened();
  gateway.stream_closed();
  gateway.frames_dropped(1);
  gateway.websocket_opened();
  gateway.websocket_closed("client");
  gateway.websocket_message("in");
  gateway.failure("accept");
}

}  // namespace

TEST_CASE("a known workload of tasks gives exact counts") {
  telemetry::metrics all;
  auto& probe = all.actors();
  for (int i = 0; i < 3; ++i) {
    probe.task_submitted("echo");
    probe.task_started("echo");
  }
  probe.task_ended("echo", core::task_state::completed, 4ms);
  probe.task_ended("echo", core::task_state::completed, 40ms);
  probe.task_ended("echo", core::task_state::failed, 2s);
  probe.task_crashed("phoenix");
  probe.task_restarted("phoenix");
  probe.task_quarantined("phoenix");
  probe.task_passivated("long_haul");
  probe.task_activated("long_haul");
  probe.submission_refused("echo", errc::queue_full);
  CHECK(value_of(all, "mofa_tasks_submitted_total{agent=\"echo\"}") == 3);
  CHECK(value_of(all, "mofa_tasks_started_total{agent=\"echo\"}") == 3);
  CHECK(value_of(all, "mofa_tasks_ended_total{agent=\"echo\",state=\"completed\"}") == 2);
  CHECK(value_of(all, "mofa_tasks_ended_total{agent=\"echo\",state=\"failed\"}") == 1);
  CHECK(value_of(all, "mofa_task_age_seconds_count{agent=\"echo\"}") == 3);
  CHECK(value_of(all, "mofa_task_age_seconds_sum{agent=\"echo\"}") == doctest::Approx(2.044));
  CHECK(value_of(all, "mofa_task_crashes_total{agent=\"phoenix\"}") == 1);
  CHECK(value_of(all, "mofa_task_restarts_total{agent=\"phoenix\"}") == 1);
  CHECK(value_of(all, "mofa_tasks_quarantined_total{agent=\"phoenix\"}") == 1);
  CHECK(value_of(all, "mofa_task_passivations_total{agent=\"long_haul\"}") == 1);
  CHECK(value_of(all, "mofa_task_activations_total{agent=\"long_haul\"}") == 1);
  CHECK(value_of(all, "mofa_submissions_refused_total{agent=\"echo\",reason=\"queue_full\"}") == 1);
  CHECK_FALSE(value_of(all, "mofa_tasks_submitted_total{agent=\"weather\"}"));
}

TEST_CASE("commits, effects, timers, feeds and supervisors are counted") {
  telemetry::metrics all;
  auto& probe = all.actors();
  probe.append_committed(3, 400us);
  probe.append_committed(40, 2ms);
  probe.append_failed(errc::storage_full, 5);
  probe.effect_started("tool");
  probe.effect_started("tool");
  probe.effect_ended("tool", true, 20ms);
  probe.effect_ended("tool", false, 20ms);
  probe.effect_started("tool");
  probe.timer_fired();
  probe.late_message_dropped("effect_resolved");
  probe.child_restarted("root/store", "io");
  probe.escalated("root/agents", "intensity exceeded");
  probe.subscriber_added();
  probe.subscriber_added();
  probe.subscriber_removed();
  CHECK(value_of(all, "mofa_storage_commit_seconds_count") == 2);
  CHECK(value_of(all, "mofa_storage_group_units_sum") == 43);
  CHECK(value_of(all, "mofa_storage_group_units_bucket{le=\"4\"}") == 1);
  CHECK(value_of(all, "mofa_storage_units_failed_total{reason=\"storage_full\"}") == 5);
  CHECK(value_of(all, "mofa_effects_running{type=\"tool\"}") == 1);
  CHECK(value_of(all, "mofa_effect_duration_seconds_count{outcome=\"ok\",type=\"tool\"}") == 1);
  CHECK(value_of(all, "mofa_effect_duration_seconds_count{outcome=\"error\",type=\"tool\"}") == 1);
  CHECK(value_of(all, "mofa_timers_fired_total") == 1);
  CHECK(value_of(all, "mofa_late_messages_dropped_total{what=\"effect_resolved\"}") == 1);
  CHECK(value_of(all, "mofa_supervision_child_restarts_total{path=\"root/store\"}") == 1);
  CHECK(value_of(all, "mofa_supervision_escalations_total{path=\"root/agents\"}") == 1);
  CHECK(value_of(all, "mofa_feed_subscribers") == 1);
  CHECK(value_of(all, "mofa_feed_subscribers_added_total") == 2);
}

TEST_CASE("push notifications are counted by their outcome, and by no task") {
  telemetry::metrics all;
  auto& probe = all.actors();
  probe.push_attempted(true);
  probe.push_attempted(false);
  probe.push_attempted(false);
  probe.push_refused({"0190163d-8694-739b-aea5-966c26f8ad91", "mine", "one.example:443"}, "http_4xx");
  probe.push_given_up({"0190163d-8694-739b-aea5-966c26f8ad91", "mine", "one.example:443"}, "attempts");
  probe.push_server_answers("one.example:443", false);
  probe.push_store_failed(errc::io);
  probe.pushes_open(3);
  probe.pushes_open(2);
  CHECK(value_of(all, "mofa_push_attempts_total{ok=\"true\"}") == 1);
  CHECK(value_of(all, "mofa_push_attempts_total{ok=\"false\"}") == 2);
  CHECK(value_of(all, "mofa_push_refused_total{reason=\"http_4xx\"}") == 1);
  CHECK(value_of(all, "mofa_push_given_up_total{reason=\"attempts\"}") == 1);
  CHECK(value_of(all, "mofa_push_store_failures_total{reason=\"io\"}") == 1);
  CHECK(value_of(all, "mofa_pushes_open") == 2);
  for (const auto* word : {"0190163d", "mine", "one.example"}) CHECK(all.exposition().find(word) == std::string::npos);
}

TEST_CASE("the door's connections, requests and streams are counted by route and not by path") {
  telemetry::metrics all;
  auto& probe = all.gateway();
  probe.connection_opened();
  probe.connection_opened();
  probe.connection_closed();
  probe.connection_refused();
  probe.connection_timed_out("header");
  probe.request_started("/api/v1/tasks/{id}");
  probe.request_finished("/api/v1/tasks/{id}", "GET", 200, 3ms, "r-1", "/api/v1/tasks/a");
  probe.request_finished("/api/v1/tasks/{id}", "GET", 204, 3ms, "r-2", "/api/v1/tasks/b");
  probe.request_finished("/api/v1/tasks/{id}", "GET", 404, 3ms, "r-3", "/api/v1/tasks/c");
  probe.request_refused("overloaded");
  probe.answer_dropped("/livez");
  probe.stream_opened();
  probe.stream_closed();
  probe.frames_dropped(7);
  probe.failure("accept");
  CHECK(value_of(all, "mofa_http_connections") == 1);
  CHECK(value_of(all, "mofa_http_connections_opened_total") == 2);
  CHECK(value_of(all, "mofa_http_connections_refused_total") == 1);
  CHECK(value_of(all, "mofa_http_connection_timeouts_total{during=\"header\"}") == 1);
  CHECK(value_of(all, "mofa_http_requests_started_total{route=\"/api/v1/tasks/{id}\"}") == 1);
  const std::string labels = "{method=\"GET\",route=\"/api/v1/tasks/{id}\",status=";
  CHECK(value_of(all, "mofa_http_request_duration_seconds_count" + labels + "\"2xx\"}") == 2);
  CHECK(value_of(all, "mofa_http_request_duration_seconds_count" + labels + "\"4xx\"}") == 1);
  CHECK(value_of(all, "mofa_http_requests_refused_total{reason=\"overloaded\"}") == 1);
  CHECK(value_of(all, "mofa_http_answers_dropped_total{route=\"/livez\"}") == 1);
  CHECK(value_of(all, "mofa_http_streams") == 0);
  CHECK(value_of(all, "mofa_http_streams_opened_total") == 1);
  CHECK(value_of(all, "mofa_http_frames_dropped_total") == 7);
  CHECK(value_of(all, "mofa_http_failures_total") == 1);
  CHECK(all.exposition().find("/api/v1/tasks/a") == std::string::npos);
}

TEST_CASE("WebSockets are counted by how they end and which way their messages go") {
  telemetry::metrics all;
  auto& probe = all.gateway();
  for (int i = 0; i < 3; ++i) probe.websocket_opened();
  probe.websocket_closed("client");
  probe.websocket_closed("slow");
  for (int i = 0; i < 2; ++i) probe.websocket_message("in");
  for (int i = 0; i < 5; ++i) probe.websocket_message("out");
  CHECK(value_of(all, "mofa_websocket_connections") == 1);
  CHECK(value_of(all, "mofa_websocket_connections_opened_total") == 3);
  CHECK(value_of(all, "mofa_websocket_connections_closed_total{reason=\"client\"}") == 1);
  CHECK(value_of(all, "mofa_websocket_connections_closed_total{reason=\"slow\"}") == 1);
  CHECK(value_of(all, "mofa_websocket_messages_total{direction=\"in\"}") == 2);
  CHECK(value_of(all, "mofa_websocket_messages_total{direction=\"out\"}") == 5);
}

TEST_CASE("histogram buckets are cumulative") {
  telemetry::metrics all;
  auto& probe = all.gateway();
  for (const auto took : {300us, 300us, 2000us, 7000us}) probe.request_finished("/livez", "GET", 200, took, "r", "/livez");
  probe.request_finished("/livez", "GET", 200, 2min, "r", "/livez");
  const auto bucket = [&](const std::string& bound) {
    return value_of(all, "mofa_http_request_duration_seconds_bucket{method=\"GET\",route=\"/livez\",status=\"2xx\",le=\"" +
                             bound + "\"}");
  };
  CHECK(bucket("0.00025") == 0);
  CHECK(bucket("0.0005") == 2);
  CHECK(bucket("0.0025") == 3);
  CHECK(bucket("0.01") == 4);
  CHECK(bucket("60") == 4);
  CHECK(bucket("+Inf") == 5);
}

TEST_CASE("a label has at most a hundred values, what comes later is counted together") {
  telemetry::metrics all;
  auto& probe = all.actors();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 150; ++i) probe.task_ended("agent" + std::to_string(i), core::task_state::completed, 1ms);
  }
  CHECK(value_of(all, "mofa_tasks_ended_total{agent=\"agent0\",state=\"completed\"}") == 2);
  CHECK(value_of(all, "mofa_tasks_ended_total{agent=\"agent99\",state=\"completed\"}") == 2);
  CHECK_FALSE(value_of(all, "mofa_tasks_ended_total{agent=\"agent100\",state=\"completed\"}"));
  CHECK(value_of(all, "mofa_tasks_ended_total{agent=\"__other__\",state=\"completed\"}") == 100);
}

TEST_CASE("each route of the router has a child of its own, however many there are, and no more than that") {
  telemetry::metrics all;
  auto& probe = all.gateway();
  probe.routes_known(150);
  for (int i = 0; i < 160; ++i) {
    const auto route = "/r" + std::to_string(i);
    probe.request_started(route);
    probe.request_finished(route, "GET", 200, 1ms, "r", route);
    probe.answer_dropped(route);
  }
  for (const auto& [head, tail] : {std::pair<std::string, std::string>{"requests_started_total{", "\"}"},
                                   {"answers_dropped_total{", "\"}"},
                                   {"request_duration_seconds_count{method=\"GET\",", "\",status=\"2xx\"}"}}) {
    CAPTURE(head);
    const auto of = [&, begin = "mofa_http_" + head + "route=\"", end = tail](const std::string& route) {
      return value_of(all, begin + route + end);
    };
    CHECK(of("/r151") == 1);
    CHECK_FALSE(of("/r152"));
    CHECK(of("__other__") == 8);
  }
}

TEST_CASE("counting from several threads loses nothing") {
  telemetry::metrics all;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&all, t] {
      for (int i = 0; i < 5000; ++i) all.actors().task_submitted("agent" + std::to_string((i + t) % 120));
    });
  }
  for (auto& each : threads) each.join();
  double sum = 0;
  std::size_t children = 0;
  std::istringstream lines{all.exposition()};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("mofa_tasks_submitted_total{")) continue;
    ++children;
    sum += std::stod(line.substr(line.rfind(' ')));
  }
  CHECK(sum == 20000);
  CHECK(children == 101);
}

TEST_CASE("the process tells its memory, descriptors, CPU time and start") {
  const auto now = telemetry::sample_process();
  REQUIRE(now);
  CHECK(now->resident_memory_bytes > 1e6);
  CHECK(now->open_fds >= 3);
  const double seconds = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  CHECK(now->start_time_seconds > seconds - 3600);
  CHECK(now->start_time_seconds < seconds + 2);
  telemetry::metrics all;
  CHECK(value_of(all, "mofa_process_resident_memory_bytes") > 1e6);
  CHECK(value_of(all, "mofa_process_open_fds") >= 3);
  CHECK(value_of(all, "mofa_process_cpu_seconds_total") >= 0);
  CHECK(value_of(all, "mofa_process_start_time_seconds"));
}

TEST_CASE("the route shows the exposition to who may see metrics") {
  telemetry::metrics all;
  const auto route = all.route();
  CHECK(route.method == "GET");
  CHECK(route.pattern == "/metrics");
  CHECK(route.scope == core::scope::metrics);
  all.actors().timer_fired();
  std::optional<http::response> got;
  route.handle({}, [&](http::response answer) { got = std::move(answer); });
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->content_type == "text/plain; version=0.0.4");
  CHECK(got->body.find("\nmofa_timers_fired_total 1\n") != std::string::npos);
  CHECK(got->body.find("# TYPE mofa_storage_commit_seconds histogram") != std::string::npos);
}

TEST_CASE("every metric has the project's prefix, one description, and its unit or what it counts in its name") {
  telemetry::metrics all;
  touch_everything(all);
  std::set<std::string> names;
  std::istringstream lines{all.exposition()};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    const auto name = line.substr(7, line.find(' ', 7) - 7);
    CHECK_MESSAGE(name.starts_with("mofa_"), name);
    CHECK_MESSAGE(names.insert(name).second, name);
    if (line.ends_with(" counter")) CHECK_MESSAGE(name.ends_with("_total"), name);
    if (line.ends_with(" histogram")) CHECK_MESSAGE((name.ends_with("_seconds") || name.ends_with("_units")), name);
  }
  CHECK(names.size() == 50);
}

TEST_CASE("retries and open circuits are counted for each provider") {
  telemetry::metrics all;
  all.models().attempt_retried("openai");
  all.models().attempt_retried("openai");
  all.models().attempt_retried("ollama");
  all.models().circuit_opened("openai");
  all.models().circuit_refused("openai");
  CHECK(value_of(all, "mofa_model_retries_total{provider=\"openai\"}") == 2);
  CHECK(value_of(all, "mofa_model_retries_total{provider=\"ollama\"}") == 1);
  CHECK(value_of(all, "mofa_model_circuits_opened_total{provider=\"openai\"}") == 1);
  CHECK(value_of(all, "mofa_model_circuit_refusals_total{provider=\"openai\"}") == 1);
  CHECK_FALSE(value_of(all, "mofa_model_circuits_opened_total{provider=\"ollama\"}"));
}
