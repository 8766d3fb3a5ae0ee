#include "server/models/fallback.hpp"

#include <doctest/doctest.h>

#include "server/models/scripted/scripted_model.hpp"
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
  core::running_call_ptr call(core::model_request what, callback<void(int, std::string)> on_delta,
                              callback<void(result<core::model_answer>)> done) override {
    on_delta(1, "one");
    on_delta(2, "two");
    if (fails_) {
      done(fail(errc::upstream_failed, "shaky/" + what.model + ": broken"));
    } else {
      core::model_answer answer;
      answer.text = "two";
      answer.model = "shaky/" + what.model;
      done(std::move(answer));
    }
    return nullptr;
  }

 private:
  bool fails_;
};

core::model_ptr slow(const models::timer_ptr& timer) {
  return *models::compile_scripted({{"otherwise", {{"say", "late"}, {"delay_ms", 50}}}}, "scripted", timer);
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
