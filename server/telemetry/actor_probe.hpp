// The actors' probe with a memory: counts tasks, appends, effects and restarts, and logs what an operator should see.
// Owned by `metrics`; the app hands it to the actors.
// Verbs are called on any thread and do not block.
#pragma once

#include <prometheus/registry.h>

#include <memory>

#include "actors/system/probe.hpp"
#include "server/telemetry/families.hpp"
#include "server/telemetry/full_store.hpp"
#include "server/telemetry/line_limit.hpp"

namespace spdlog {
class logger;
}

namespace mofa::telemetry {

class actor_probe final : public actors::probe {
 public:
  explicit actor_probe(prometheus::Registry& in);

  void task_submitted(std::string_view agent) override;
  void task_started(std::string_view agent) override;
  void task_ended(std::string_view agent, core::task_state state, milliseconds age) override;
  void task_crashed(std::string_view agent) override;
  void task_restarted(std::string_view agent) override;
  void task_quarantined(std::string_view agent) override;
  void task_passivated(std::string_view agent) override;
  void task_activated(std::string_view agent) override;
  void submission_refused(std::string_view agent, errc why) override;
  void append_committed(std::size_t units, std::chrono::microseconds took) override;
  void append_failed(errc why, std::size_t units) override;
  void slots_taken(std::string_view resource, int busy, std::size_t waiting) override;
  void effect_started(std::string_view type) override;
  void effect_ended(std::string_view type, bool ok, std::chrono::microseconds took) override;
  void timer_fired() override;
  void late_message_dropped(std::string_view what) override;
  void child_restarted(std::string_view path, std::string_view reason) override;
  void escalated(std::string_view path, std::string_view reason) override;
  void subscriber_added() override;
  void subscriber_removed() override;
  void message_published(bool durable, std::size_t receivers) override;
  void message_delivered(std::string_view receiver) override;
  void message_dropped(std::string_view receiver) override;
  void message_retried(std::string_view agent) override;
  void message_refused(std::string_view agent, errc why) override;
  void topic_subscribers(std::size_t agents, std::size_t clients) override;
  void push_attempted(bool ok) override;
  void push_refused(const actors::push_receiver& by, std::string_view reason) override;
  void push_given_up(const actors::push_receiver& who, std::string_view reason) override;
  void push_server_answers(std::string_view server, bool answers) override;
  void push_store_failed(errc why) override;
  void pushes_open(std::size_t count) override;

  /// Whether the store has just refused to write because there is no room.
  bool store_is_full() const { return room_.is_full(); }

 private:
  using counters_of_one = labelled<Counter, 1>;
  using counters_of_two = labelled<Counter, 2>;

  counters_of_one submitted_, started_;
  counters_of_two ended_;
  labelled<Histogram, 1> age_;
  counters_of_one crashes_, restarts_, quarantined_, passivations_, activations_;
  counters_of_two refused_;
  Histogram& commit_;
  Histogram& group_size_;
  counters_of_one units_failed_;
  labelled<Gauge, 1> effects_running_;
  labelled<Gauge, 1> slots_busy_;
  labelled<Gauge, 1> slots_waiting_;
  labelled<Histogram, 2> effect_duration_;
  Counter& timers_fired_;
  counters_of_one late_messages_;
  counters_of_one child_restarts_, escalations_;
  Gauge& subscribers_;
  Counter& subscribers_added_;
  counters_of_one messages_published_;
  Counter& messages_unheard_;
  counters_of_one messages_delivered_, messages_dropped_, messages_retried_;
  counters_of_two messages_refused_;
  labelled<Gauge, 1> topic_subscribers_;
  counters_of_one push_attempts_, pushes_refused_, pushes_given_up_, push_store_failures_;
  Gauge& pushes_open_;
  full_store room_;
  line_limit append_lines_, refused_lines_, given_up_lines_, server_lines_, push_store_lines_;
  std::shared_ptr<spdlog::logger> supervision_log_, storage_log_, topics_log_, delivery_log_;
};

}  // namespace mofa::telemetry
