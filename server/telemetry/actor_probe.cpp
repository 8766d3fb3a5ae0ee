#include "server/telemetry/actor_probe.hpp"

#include <spdlog/spdlog.h>

#include "server/telemetry/logging.hpp"
#include "server/telemetry/names.hpp"

namespace mofa::telemetry {
namespace {

double seconds(std::chrono::duration<double> value) { return value.count(); }

}  // namespace

actor_probe::actor_probe(prometheus::Registry& in)
    : submitted_({"agent"}, counters(in, names::tasks_submitted, "Tasks accepted.")),
      started_({"agent"}, counters(in, names::tasks_started, "Tasks that began to work.")),
      ended_({"agent", "state"}, counters(in, names::tasks_ended, "Tasks that ended, by their last state.")),
      age_({"agent"}, histograms(in, names::task_age, "From submission to the end of a task.", age_buckets)),
      crashes_({"agent"}, counters(in, names::task_crashes, "Crashes of behaviours.")),
      restarts_({"agent"}, counters(in, names::task_restarts, "Tasks restarted from their journals after a crash.")),
      quarantined_({"agent"},
                   counters(in, names::tasks_quarantined, "Tasks that were ended because they crashed too often.")),
      passivations_({"agent"}, counters(in, names::task_passivations, "Idle tasks whose actors were let go.")),
      activations_({"agent"}, counters(in, names::task_activations, "Tasks that got an actor again.")),
      refused_({"agent", "reason"}, counters(in, names::submissions_refused, "Submissions that were not accepted.")),
      commit_(histogram(in, names::storage_commit, "One commit of a group of appends.", duration_buckets)),
      group_size_(histogram(in, names::storage_group_size, "Appends of one commit.", size_buckets)),
      units_failed_({"reason"}, counters(in, names::storage_units_failed, "Appends that were not committed.")),
      effects_running_({"type"}, gauges(in, names::effects_running, "Effects at work.")),
      slots_busy_({"resource"}, gauges(in, names::slots_busy, "Slots of the scheduler that are taken.")),
      slots_waiting_({"resource"}, gauges(in, names::slots_waiting, "Effects that wait for a slot.")),
      effect_duration_({"type", "outcome"}, histograms(in, names::effect_duration,
                                                       "From the start of an effect to its outcome.", duration_buckets)),
      timers_fired_(counter(in, names::timers_fired, "Durable timers that fired.")),
      late_messages_({"what"}, counters(in, names::late_messages_dropped, "Answers that came after nobody awaited them.")),
      child_restarts_({"path"}, counters(in, names::child_restarts, "Restarts by supervisors.")),
      escalations_({"path"}, counters(in, names::escalations, "Supervisors that gave up.")),
      subscribers_(gauge(in, names::feed_subscribers, "Subscribers of task feeds.")),
      subscribers_added_(counter(in, names::feed_subscribers_added, "Subscriptions of task feeds.")),
      messages_published_({"durable"}, counters(in, names::topic_messages_published, "Messages published to topics.")),
      messages_unheard_(counter(in, names::topic_messages_unheard, "Messages published while nobody was subscribed.")),
      messages_delivered_({"receiver"},
                          counters(in, names::topic_messages_delivered, "Messages that a subscriber has taken.")),
      messages_dropped_({"receiver"},
                        counters(in, names::topic_messages_dropped, "Messages that a subscriber's queue had no room for.")),
      messages_retried_({"agent"},
                        counters(in, names::topic_messages_retried, "Messages that an agent could not take at once.")),
      messages_refused_({"agent", "reason"},
                        counters(in, names::topic_messages_refused, "Messages that an agent will not take.")),
      topic_subscribers_({"receiver"}, gauges(in, names::topic_subscribers, "Subscribers of topics.")),
      push_attempts_({"ok"}, counters(in, names::push_attempts, "POSTs of push notifications.")),
      pushes_refused_({"reason"},
                      counters(in, names::pushes_refused, "Push notifications that their receivers will not have.")),
      pushes_given_up_({"reason"},
                       counters(in, names::pushes_given_up, "Push configurations whose receivers are told nothing more.")),
      push_store_failures_({"reason"},
                           counters(in, names::push_store_failures,
                                    "Reads and writes of push configurations that failed, and are tried again.")),
      pushes_open_(gauge(in, names::pushes_open, "Push configurations that have something to deliver, or may have.")),
      supervision_log_(logger("supervision")),
      storage_log_(logger("storage")),
      topics_log_(logger("topics")),
      delivery_log_(logger("delivery")) {}

void actor_probe::task_submitted(std::string_view agent) { submitted_.of({agent}).Increment(); }
void actor_probe::task_started(std::string_view agent) { started_.of({agent}).Increment(); }

void actor_probe::task_ended(std::string_view agent, core::task_state state, milliseconds age) {
  ended_.of({agent, core::to_string(state)}).Increment();
  age_.of({agent}).Observe(seconds(age));
}

void actor_probe::task_crashed(std::string_view agent) { crashes_.of({agent}).Increment(); }
void actor_probe::task_restarted(std::string_view agent) { restarts_.of({agent}).Increment(); }
void actor_probe::task_quarantined(std::string_view agent) { quarantined_.of({agent}).Increment(); }
void actor_probe::task_passivated(std::string_view agent) { passivations_.of({agent}).Increment(); }
void actor_probe::task_activated(std::string_view agent) { activations_.of({agent}).Increment(); }

void actor_probe::submission_refused(std::string_view agent, errc why) { refused_.of({agent, to_string(why)}).Increment(); }

void actor_probe::append_committed(std::size_t units, std::chrono::microseconds took) {
  commit_.Observe(seconds(took));
  group_size_.Observe(static_cast<double>(units));
  room_.committed();
}

void actor_probe::append_failed(errc why, std::size_t units) {
  units_failed_.of({to_string(why)}).Increment(static_cast<double>(units));
  if (why == errc::storage_full) room_.refused();
  if (const auto left_out = append_lines_.admit())
    storage_log_->error("append failed reason={} units={} left_out={}", to_string(why), units, *left_out);
}

void actor_probe::effect_started(std::string_view type) { effects_running_.of({type}).Increment(); }

void actor_probe::slots_taken(std::string_view resource, int busy, std::size_t waiting) {
  slots_busy_.of({resource}).Set(busy);
  slots_waiting_.of({resource}).Set(static_cast<double>(waiting));
}

void actor_probe::effect_ended(std::string_view type, bool ok, std::chrono::microseconds took) {
  effects_running_.of({type}).Decrement();
  effect_duration_.of({type, ok ? "ok" : "error"}).Observe(seconds(took));
}

void actor_probe::timer_fired() { timers_fired_.Increment(); }
void actor_probe::late_message_dropped(std::string_view what) { late_messages_.of({what}).Increment(); }

void actor_probe::child_restarted(std::string_view path, std::string_view reason) {
  child_restarts_.of({path}).Increment();
  supervision_log_->warn("child restarted path={} reason={}", quoted(path), quoted(reason));
}

void actor_probe::escalated(std::string_view path, std::string_view reason) {
  escalations_.of({path}).Increment();
  supervision_log_->error("escalated path={} reason={}", quoted(path), quoted(reason));
}

void actor_probe::subscriber_added() {
  subscribers_.Increment();
  subscribers_added_.Increment();
}

void actor_probe::subscriber_removed() { subscribers_.Decrement(); }

void actor_probe::message_published(bool durable, std::size_t receivers) {
  messages_published_.of({durable ? "true" : "false"}).Increment();
  if (receivers == 0) messages_unheard_.Increment();
}

void actor_probe::message_delivered(std::string_view receiver) { messages_delivered_.of({receiver}).Increment(); }
void actor_probe::message_dropped(std::string_view receiver) { messages_dropped_.of({receiver}).Increment(); }
void actor_probe::message_retried(std::string_view agent) { messages_retried_.of({agent}).Increment(); }

void actor_probe::message_refused(std::string_view agent, errc why) {
  messages_refused_.of({agent, to_string(why)}).Increment();
  topics_log_->warn("message refused agent={} reason={}", agent, to_string(why));
}

void actor_probe::topic_subscribers(std::size_t agents, std::size_t clients) {
  topic_subscribers_.of({"agent"}).Set(static_cast<double>(agents));
  topic_subscribers_.of({"client"}).Set(static_cast<double>(clients));
}

void actor_probe::push_attempted(bool ok) { push_attempts_.of({ok ? "true" : "false"}).Increment(); }

void actor_probe::push_refused(const actors::push_receiver& by, std::string_view reason) {
  pushes_refused_.of({reason}).Increment();
  if (const auto left_out = refused_lines_.admit())
    delivery_log_->warn("push refused task={} config={} server={} reason={} left_out={}", by.task, quoted(by.config),
                        quoted(by.server), reason, *left_out);
}

void actor_probe::push_given_up(const actors::push_receiver& who, std::string_view reason) {
  pushes_given_up_.of({reason}).Increment();
  if (const auto left_out = given_up_lines_.admit())
    delivery_log_->warn("push given up task={} config={} server={} reason={} left_out={}", who.task, quoted(who.config),
                        quoted(who.server), reason, *left_out);
}

void actor_probe::push_server_answers(std::string_view server, bool answers) {
  if (const auto left_out = server_lines_.admit())
    delivery_log_->warn("push server {} server={} left_out={}", answers ? "answers again" : "does not answer",
                        quoted(server), *left_out);
}

void actor_probe::push_store_failed(errc why) {
  push_store_failures_.of({to_string(why)}).Increment();
  if (const auto left_out = push_store_lines_.admit())
    delivery_log_->warn("push store failed reason={} left_out={}", to_string(why), *left_out);
}

void actor_probe::pushes_open(std::size_t count) { pushes_open_.Set(static_cast<double>(count)); }

}  // namespace mofa::telemetry
