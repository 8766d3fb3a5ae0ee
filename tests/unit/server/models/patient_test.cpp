#include <doctest/doctest.h>

#include "server/models/patient/patient_model.hpp"
#include "tests/unit/server/models/conversation.hpp"
#include "tests/unit/server/models/manual_timer.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace std::chrono_literals;
using models::health;

namespace {

class moved_clock final : public mofa::clock {
 public:
  time_point now() const override { return at; }
  time_point at{1'000'000s};
};

/// Counts what it is told.
struct counting_probe final : models::probe {
  void attempt_retried(std::string_view provider) override {
    ++retried;
    who = provider;
  }
  void circuit_opened(std::string_view) override { ++opened; }
  void circuit_refused(std::string_view) override { ++refused; }
  int retried = 0, opened = 0, refused = 0;
  std::string who;
};

/// Fails as it is told, one attempt after the other; what is left is answered.
class moody final : public models::provider {
 public:
  core::running_call_ptr attempt(const core::model_request&, int number,
                                 std::shared_ptr<models::attempt_watcher> to) const override {
    ++asked;
    if (next < moods.size()) {
      to->on_failure(number, {fail(errc::upstream_failed, "HTTP 503: sk-1 is busy"), true, moods[next++]});
    } else {
      core::model_answer answer;
      answer.text = "hello";
      to->on_text(number, answer.text);
      to->on_answer(number, std::move(answer));
    }
    return nullptr;
  }
  std::vector<health> moods;
  mutable std::size_t next = 0;
  mutable int asked = 0;
};

struct bench {
  explicit bench(std::vector<health> moods, models::patience how = {}) {
    whom->moods = std::move(moods);
    model = models::patient_model("moody", whom, "sk-1", how, {timer, time, [] { return 0.0; }, probe});
  }
  moved_clock time;
  std::shared_ptr<manual_timer> timer = std::make_shared<manual_timer>();
  std::shared_ptr<counting_probe> probe = std::make_shared<counting_probe>();
  std::shared_ptr<moody> whom = std::make_shared<moody>();
  core::model_ptr model;
};

}  // namespace

TEST_CASE(
    "whatever provider fails, the attempts that follow are heard of and counted, and the answer says how many there were") {
  bench on{{health::bad, health::unknown}};
  asking call{*on.model, request_of({asked("hi")})};
  CHECK(on.timer->next() == 250ms);
  on.timer->advance(250ms);
  CHECK(on.timer->next() == 500ms);
  on.timer->advance(500ms);
  CHECK(call.answer()->text == "hello");
  CHECK(call.answer()->model == "moody/demo");
  CHECK(call.answer()->attempts == 3);
  const auto retries = call.retries();
  REQUIRE(retries.size() == 2);
  CHECK(retries[0].attempt == 1);
  CHECK(retries[0].why == "moody/demo: HTTP 503: *** is busy");
  CHECK(retries[0].pause == 250ms);
  CHECK(retries[1].attempt == 2);
  CHECK(on.probe->retried == 2);
  CHECK(on.probe->who == "moody");
  CHECK(on.probe->opened == 0);
}

TEST_CASE("an attempt that is the last one is no retry") {
  models::patience once;
  once.attempts = 1;
  bench on{{health::bad}, once};
  asking call{*on.model, request_of({asked("hi")})};
  CHECK(call.answer().error().detail == "moody/demo: HTTP 503: *** is busy");
  CHECK(call.retries().empty());
  CHECK(on.probe->retried == 0);
}

TEST_CASE("a circuit that opens is counted once, and each attempt that it keeps back") {
  models::patience how;
  how.attempts = 1;
  how.breaker_failures = 2;
  how.breaker_pause = 60s;
  bench on{{health::bad, health::bad, health::bad}, how};
  for (int i = 0; i < 4; ++i) {
    asking call{*on.model, request_of({asked("hi")})};
    REQUIRE(call.answers() == 1);
  }
  CHECK(on.whom->asked == 2);
  CHECK(on.probe->opened == 1);
  CHECK(on.probe->refused == 2);
  on.time.at += 60s;
  asking trial{*on.model, request_of({asked("hi")})};
  CHECK(on.whom->asked == 3);
  CHECK(on.probe->opened == 2);
  on.time.at += 60s;
  asking healed{*on.model, request_of({asked("hi")})};
  CHECK(healed.answer()->text == "hello");
  CHECK(on.probe->opened == 2);
}

TEST_CASE("what says nothing of the provider, or good, opens no circuit") {
  models::patience how;
  how.attempts = 1;
  how.breaker_failures = 2;
  bench on{{health::bad, health::unknown, health::good, health::bad, health::unknown}, how};
  for (int i = 0; i < 5; ++i) {
    asking call{*on.model, request_of({asked("hi")})};
    REQUIRE(call.answers() == 1);
  }
  CHECK(on.probe->opened == 0);
  CHECK(on.whom->asked == 5);
}

TEST_CASE("a call that is let go while it pauses asks nobody any more, and gives its trial back") {
  models::patience how;
  how.attempts = 2;
  how.breaker_failures = 1;
  how.breaker_pause = 0ms;
  bench on{{health::bad, health::bad}, how};
  asking call{*on.model, request_of({asked("hi")})};
  CHECK(on.timer->waiting() == 1);
  call.abort();
  CHECK(on.timer->waiting() == 0);
  asking next{*on.model, request_of({asked("hi")})};
  CHECK(on.whom->asked == 2);
}

TEST_CASE("a failure that opens the circuit ends the call at once: no attempt can follow it") {
  models::patience how;
  how.attempts = 3;
  how.breaker_failures = 2;
  bench on{{health::bad, health::bad}, how};
  asking call{*on.model, request_of({asked("hi")})};
  CHECK(on.timer->waiting() == 1);
  on.timer->advance(250ms);
  REQUIRE(call.answers() == 1);
  CHECK(call.answer().error().detail == "moody/demo: HTTP 503: *** is busy (after 2 attempts)");
  CHECK(on.timer->waiting() == 0);
  CHECK(call.retries().size() == 1);
  CHECK(on.probe->retried == 1);
  CHECK(on.probe->opened == 1);
  CHECK(on.probe->refused == 0);
}

TEST_CASE("a circuit that is open no longer than the pause lets the next attempt be its trial") {
  models::patience how;
  how.attempts = 3;
  how.breaker_failures = 2;
  how.breaker_pause = 500ms;
  bench on{{health::bad, health::bad}, how};
  asking call{*on.model, request_of({asked("hi")})};
  on.timer->advance(250ms);
  REQUIRE(on.timer->next() == 500ms);
  on.time.at += 500ms;
  on.timer->advance(500ms);
  CHECK(call.answer()->text == "hello");
  CHECK(on.probe->retried == 2);
  CHECK(on.probe->refused == 0);
}
