// The actors' probe: what happens to tasks, appends, effects and supervisors, told to whoever counts it.
// Declared by the actors, implemented by telemetry (and by tests that stop the process at a point), injected by the app.
// Called on any thread, by several at the same time; a verb must not block.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "protocols/core/task.hpp"
#include "server/base/clock.hpp"
#include "server/base/error.hpp"

namespace mofa::actors {

/// Whom push notifications are for. `server`: host and port of its URL, and nothing else of it.
struct push_receiver {
  std::string_view task, config, server;
};

/// Every verb does nothing unless overridden. `agent` is the agent's name.
class probe {
 public:
  virtual ~probe() = default;

  virtual void task_submitted(std::string_view /*agent*/) {}
  virtual void task_started(std::string_view /*agent*/) {}
  /// `age`: from submission to the terminal event.
  virtual void task_ended(std::string_view /*agent*/, core::task_state /*state*/, milliseconds /*age*/) {}
  virtual void task_crashed(std::string_view /*agent*/) {}
  virtual void task_restarted(std::string_view /*agent*/) {}
  virtual void task_quarantined(std::string_view /*agent*/) {}
  virtual void task_passivated(std::string_view /*agent*/) {}
  virtual void task_activated(std::string_view /*agent*/) {}
  virtual void submission_refused(std::string_view /*agent*/, errc /*why*/) {}

  /// One transaction: `units` of the group, and how long its commit took.
  virtual void append_committed(std::size_t /*units*/, std::chrono::microseconds /*took*/) {}
  virtual void append_failed(errc /*why*/, std::size_t /*units*/) {}
  /// Right before and right after the store's append.
  virtual void before_append(std::size_t /*units*/) {}
  virtual void after_append(std::size_t /*units*/) {}
  /// Right before and right after the committed events go to their feeds.
  virtual void before_publish() {}
  virtual void after_publish() {}

  virtual void effect_started(std::string_view /*type*/) {}
  /// How full a resource of the scheduler is now.
  virtual void slots_taken(std::string_view /*resource*/, int /*busy*/, std::size_t /*waiting*/) {}
  /// The effect has run; its outcome is not yet on its way to the journal.
  virtual void before_outcome() {}
  virtual void effect_ended(std::string_view /*type*/, bool /*ok*/, std::chrono::microseconds /*took*/) {}
  virtual void timer_fired() {}
  virtual void late_message_dropped(std::string_view /*what*/) {}

  /// `path` is the place in the supervision tree ("root/agents/echo").
  virtual void child_restarted(std::string_view /*path*/, std::string_view /*reason*/) {}
  virtual void escalated(std::string_view /*path*/, std::string_view /*reason*/) {}

  virtual void subscriber_added() {}
  virtual void subscriber_removed() {}

  /// `receivers`: how many subscribers it was for.
  virtual void message_published(bool /*durable*/, std::size_t /*receivers*/) {}
  /// `receiver` is "agent" or "client".
  virtual void message_delivered(std::string_view /*receiver*/) {}
  virtual void message_dropped(std::string_view /*receiver*/) {}
  /// An agent cannot take it now: it is offered again.
  virtual void message_retried(std::string_view /*agent*/) {}
  /// An agent will never take it.
  virtual void message_refused(std::string_view /*agent*/, errc /*why*/) {}
  virtual void topic_subscribers(std::size_t /*agents*/, std::size_t /*clients*/) {}

  /// One POST of a push delivery; `ok`: the receiver took it.
  virtual void push_attempted(bool /*ok*/) {}
  /// The receiver will not have this event: it goes on with the next one.
  virtual void push_refused(const push_receiver& /*by*/, std::string_view /*reason*/) {}
  /// The receiver is not there, or was tried in vain too often: it is told nothing more of that task.
  virtual void push_given_up(const push_receiver& /*who*/, std::string_view /*reason*/) {}
  /// A server of receivers does not answer, as far as is known now, or answers again.
  virtual void push_server_answers(std::string_view /*server*/, bool /*answers*/) {}
  /// The store did not say which push configurations there are, or did not keep what has become of them. It is asked again.
  virtual void push_store_failed(errc /*why*/) {}
  /// Push configurations whose tasks go on, or that have something to deliver.
  virtual void pushes_open(std::size_t /*count*/) {}
};

}  // namespace mofa::actors
