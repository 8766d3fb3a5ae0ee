#include "server/models/fallback.hpp"

#include <doctest/doctest.h>

#include "server/models/patient/patient_model.hpp"
#include "server/models/scripted/scripted_provider.hpp"
#include "tests/unit/server/models/conversation.hpp"
#include "tests/unit/server/models/manual_timer.hpp"

using namespace mofa;
using namespace mofa::test;
using namespace std::chrono_literals;
using core::json;

namespace {

/// Says a word in each of two attempts, then fails or answers.
class shaky final : public core::model {
 public:
  explicit shaky(bool fails) : fails_(fails) {}
  core::running_call_ptr call(core::model_request what, core::model_hearing hear,
                              callback<void(result<core::model_answer>)> done) override {
    hear.on_text(1, "one");
    hear.on_retry({1, "shaky/" + what.model + ": shaken", 5ms});
    hear.on_text(2, "two");
    if (fails_) {
      done(fail(errc::upstream_failed, "shaky/" + what.model + ": broken"));
    } else {
      core::model_answer answer;
      answer.text = "two";
      answer.model = "shaky/" + what.model;
      answer.attempts = 2;
      done(std::move(answer));
    }
    return nullptr;
  }

 private:
  bool fails_;
};

core::model_ptr slow(const models::timer_ptr& timer) {
  static const system_clock time;
  auto rules = models::compile_scripted({{"otherwise", {{"say", "late"}, {"delay_ms", 50}}}}, timer);
  REQUIRE(rules);
  return models::patient_model("scripted", *rules, "", {}, {timer, time});
}

}  // namespace

TEST_CASE("the first model that answers is the last one asked, by its own name") {
  const auto chain = models::chain_of({{std::make_shared<shaky>(false), "a"}, {std::make_shared<shaky>(true), "b"}});
  asking one{*chain, request_of({asked("x")})};
  CHECK(one.answer()->model == "shaky/a");
  CHECK(one.answers() == 1);
}

TEST_CASE("a fallback goes on counting attempts, so that its text begins anew") {
  const auto chain = models::chain_of({{std::make_shared<shaky>(true), "a"}, {std::make_shared<shaky>(false), "b"}});
  asking one{*chain, request_of({asked("x")})};
  CHECK(one.answer()->model == "shaky/b");
  CHECK(one.deltas() == std::vector<std::pair<int, std::string>>{{1, "one"}, {2, "two"}, {3, "one"}, {4, "two"}});
  CHECK(one.streamed() == one.answer()->text);
  CHECK(one.answer()->attempts == 4);
  const auto retries = one.retries();
  REQUIRE(retries.size() == 3);
  CHECK(retries[0].attempt == 1);
  CHECK(retries[0].pause == 5ms);
  CHECK(retries[1].attempt == 2);
  CHECK(retries[1].why == "shaky/a: broken");
  CHECK(retries[1].pause == 0ms);
  CHECK(retries[2].attempt == 3);
}

TEST_CASE("a fallback that is asked after silence is an attempt of its own") {
  const auto timer = std::make_shared<manual_timer>();
  static const system_clock time;
  auto refuses = models::compile_scripted({{"otherwise", {{"error", {{"status", 400}}}}}}, timer);
  auto answers = models::compile_scripted({{"otherwise", {{"say", "hi"}}}}, timer);
  const auto chain = models::chain_of({{models::patient_model("a", *refuses, "", {}, {timer, time}), "x"},
                                       {models::patient_model("b", *answers, "", {}, {timer, time}), "y"}});
  asking one{*chain, request_of({asked("x")})};
  CHECK(one.answer()->model == "b/y");
  CHECK(one.answer()->attempts == 2);
  CHECK(one.deltas() == std::vector<std::pair<int, std::string>>{{2, "hi"}});
  REQUIRE(one.retries().size() == 1);
  CHECK(one.retries()[0].why == "a/x: HTTP 400");
}

TEST_CASE("when all fail, the error names them all, once") {
  const auto chain = models::chain_of({{std::make_shared<shaky>(true), "a"}, {std::make_shared<shaky>(true), "b"}});
  asking one{*chain, request_of({asked("x")})};
  CHECK(one.answers() == 1);
  CHECK(one.answer().error().code == errc::upstream_failed);
  CHECK(one.answer().error().detail == "shaky/a: broken; then shaky/b: broken");
}

TEST_CASE("letting go aborts the model that is at work, also the fallback") {
  const auto timer = std::make_shared<manual_timer>();
  const auto chain = models::chain_of({{std::make_shared<shaky>(true), "a"}, {slow(timer), "demo"}});
  asking dropped{*chain, request_of({asked("x")})};
  asking kept{*chain, request_of({asked("x")})};
  CHECK(timer->waiting() == 2);
  dropped.abort();
  CHECK(timer->waiting() == 1);
  timer->advance(50ms);
  CHECK(dropped.answers() == 0);
  CHECK(kept.answer()->text == "late");
}
