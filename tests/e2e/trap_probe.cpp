#include "tests/e2e/trap_probe.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace mofa::test {
namespace {

enum class point {
  before_append,
  after_append,
  before_publish,
  after_publish,
  effect_started,
  before_outcome,
  message_published,
  message_delivered,
  push_attempted,
  none
};
constexpr std::array<std::string_view, 9> names{"before_append",     "after_append",      "before_publish",
                                                "after_publish",     "effect_started",    "before_outcome",
                                                "message_published", "message_delivered", "push_attempted"};

struct trap {
  point where = point::none;
  int hit = 0;
  bool every_later_one = false;
};

trap trap_from(const char* variable) {
  const char* given = std::getenv(variable);
  if (given == nullptr) return {};
  const std::string_view text{given};
  const auto colon = text.find(':');
  trap out;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (text.substr(0, colon) == names[i]) out.where = static_cast<point>(i);
  const auto* end = text.data() + text.size();
  const auto read = colon == std::string_view::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                                    : std::from_chars(text.data() + colon + 1, end, out.hit);
  out.every_later_one = read.ptr + 1 == end && *read.ptr == '+';
  if (read.ec != std::errc{} || out.where == point::none || (read.ptr != end && !out.every_later_one)) {
    std::fprintf(stderr, "%s=%s: must be <point>:<n> or <point>:<n>+\n", variable, given);
    std::abort();
  }
  return out;
}

class trap_probe final : public actors::probe {
 public:
  explicit trap_probe(actors::probe& inner) : inner_(inner) {}

  void task_submitted(std::string_view agent) override { inner_.task_submitted(agent); }
  void task_started(std::string_view agent) override { inner_.task_started(agent); }
  void task_ended(std::string_view agent, core::task_state state, milliseconds age) override {
    inner_.task_ended(agent, state, age);
  }
  void task_crashed(std::string_view agent) override { inner_.task_crashed(agent); }
  void task_restarted(std::string_view agent) override { inner_.task_restarted(agent); }
  void task_quarantined(std::string_view agent) override { inner_.task_quarantined(agent); }
  void task_passivated(std::string_view agent) override { inner_.task_passivated(agent); }
  void task_activated(std::string_view agent) override { inner_.task_activated(agent); }
  void submission_refused(std::string_view agent, errc why) override { inner_.submission_refused(agent, why); }
  void append_committed(std::size_t units, std::chrono::microseconds took) override { inner_.append_committed(units, took); }
  void append_failed(errc why, std::size_t units) override { inner_.append_failed(why, units); }
  void before_append(std::size_t units) override {
    inner_.before_append(units);
    pass(point::before_append);
  }
  void after_append(std::size_t units) override {
    inner_.after_append(units);
    pass(point::after_append);
  }
  void before_publish() override {
    inner_.before_publish();
    pass(point::before_publish);
  }
  void after_publish() override {
    inner_.after_publish();
    pass(point::after_publish);
  }
  void effect_started(std::string_view type) override {
    inner_.effect_started(type);
    pass(point::effect_started);
  }
  void slots_taken(std::string_view resource, int busy, std::size_t waiting) override {
    inner_.slots_taken(resource, busy, waiting);
  }
  void before_outcome() override {
    inner_.before_outcome();
    pass(point::before_outcome);
  }
  void effect_ended(std::string_view type, bool ok, std::chrono::microseconds took) override {
    inner_.effect_ended(type, ok, took);
  }
  void timer_fired() override { inner_.timer_fired(); }
  void late_message_dropped(std::string_view what) override { inner_.late_message_dropped(what); }
  void child_restarted(std::string_view path, std::string_view reason) override { inner_.child_restarted(path, reason); }
  void escalated(std::string_view path, std::string_view reason) override { inner_.escalated(path, reason); }
  void subscriber_added() override { inner_.subscriber_added(); }
  void subscriber_removed() override { inner_.subscriber_removed(); }
  void message_published(bool durable, std::size_t receivers) override {
    inner_.message_published(durable, receivers);
    pass(point::message_published);
  }
  void message_delivered(std::string_view receiver) override {
    inner_.message_delivered(receiver);
    pass(point::message_delivered);
  }
  void message_dropped(std::string_view receiver) override { inner_.message_dropped(receiver); }
  void message_retried(std::string_view agent) override { inner_.message_retried(agent); }
  void message_refused(std::string_view agent, errc why) override { inner_.message_refused(agent, why); }
  void topic_subscribers(std::size_t agents, std::size_t clients) override { inner_.topic_subscribers(agents, clients); }
  void push_attempted(bool ok) override {
    inner_.push_attempted(ok);
    pass(point::push_attempted);
  }
  void push_refused(const actors::push_receiver& by, std::string_view reason) override { inner_.push_refused(by, reason); }
  void push_given_up(const actors::push_receiver& who, std::string_view reason) override {
    inner_.push_given_up(who, reason);
  }
  void push_server_answers(std::string_view server, bool answers) override { inner_.push_server_answers(server, answers); }
  void push_store_failed(errc why) override { inner_.push_store_failed(why); }
  void pushes_open(std::size_t count) override { inner_.pushes_open(count); }

 private:
  void pass(point here) {
    const int hit = ++hits_[static_cast<std::size_t>(here)];
    const auto falls = [&](const trap& one) {
      return one.where == here && (hit == one.hit || (one.every_later_one && hit > one.hit));
    };
    if (falls(kill_)) ::kill(::getpid(), SIGKILL);
    if (falls(crash_)) throw std::runtime_error("trapped at " + std::string{names[static_cast<std::size_t>(here)]});
  }

  actors::probe& inner_;
  const trap kill_ = trap_from("MOFA_KILL");
  const trap crash_ = trap_from("MOFA_CRASH");
  std::array<std::atomic<int>, names.size()> hits_{};
};

}  // namespace

std::unique_ptr<actors::probe> make_trap_probe(actors::probe& inner) { return std::make_unique<trap_probe>(inner); }

}  // namespace mofa::test
