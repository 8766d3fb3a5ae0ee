#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <unordered_map>

#include "actors/effects/runners.hpp"
#include "actors/storage/volatile_id.hpp"
#include "protocols/core/input.hpp"
#include "protocols/core/spoken_text.hpp"

namespace mofa::effects {
namespace {

std::optional<task_id> child_of(const actors::run_effect& order) {
  return task_id::parse(order.request.value("child_id", std::string{}));
}

std::string text_of(const core::task& from) {
  std::string out;
  if (from.row.status.message) out = from.row.status.message->text();
  for (const auto& artifact : from.artifacts) core::append_spoken(out, artifact.parts);
  if (out.empty() && !from.history.empty() && from.history.back().role == core::role::agent)
    out = from.history.back().text();
  return out;
}

effect_end end_of(const core::task& child) {
  const auto& status = child.row.status;
  if (status.state != core::task_state::completed) {
    std::string why = "agent '" + child.row.agent + "' ended as " + std::string{to_string(status.state)};
    if (!status.code.empty()) why += " (" + status.code + ")";
    if (status.message) why += ": " + status.message->text();
    return {fail(errc::upstream_failed, std::move(why)), child.row.usage, false};
  }
  json value{{"task_id", child.row.id.str()}, {"agent", child.row.agent}, {"text", text_of(child)}};
  return {std::move(value), child.row.usage, false};
}

// The child may be there or not, now or soon: nobody knows.
bool uncertain(errc why) {
  return why == errc::unavailable || why == errc::timeout || why == errc::unknown_outcome || why == errc::io ||
         why == errc::storage_full || why == errc::internal;
}

// One child on its way: found, or submitted, then waited for. The feed is told to go on until its end.
class waiting final : public core::event_sink, public std::enable_shared_from_this<waiting> {
 public:
  waiting(core::task_service& tasks, core::caller who, task_id child, callback<void(effect_end)> done)
      : tasks_(tasks), who_(std::move(who)), child_(child), done_(std::move(done)) {}

  // One that exists was submitted before a restart, to whatever agent it was.
  void find_or(callback<void()> submit) {
    tasks_.get(who_, child_, [self = shared_from_this(), submit = std::move(submit)](result<core::task_ptr> found) mutable {
      if (found) return self->begin();
      if (found.error().code == errc::not_found) return submit();
      self->on_failure(found.error());
    });
  }

  /// To the first that takes work; at least one.
  void submit(std::vector<core::submission> choices) {
    auto what = std::move(choices.front());
    choices.erase(choices.begin());
    tasks_.submit(who_, std::move(what),
                  [self = shared_from_this(), others = std::move(choices)](result<core::submitted_task> made) mutable {
                    if (!made && made.error().code == errc::draining && !others.empty())
                      return self->submit(std::move(others));
                    if (!made && made.error().code != errc::conflict) return self->on_failure(made.error());
                    // Its parent ended while it was being submitted.
                    if (self->aborted_.load()) return self->cancel();
                    self->begin();
                  });
  }

  void abort() {
    aborted_ = true;
    cancel();
  }

  void on_event(core::event_ptr) override {}
  void on_frame(const core::live_frame&) override {}
  void on_end() override {
    tasks_.get(who_, child_, [self = shared_from_this()](result<core::task_ptr> child) {
      if (!child) return self->on_failure(child.error());
      self->finish(end_of(**child));
    });
  }
  void on_failure(const error& why) override { finish({why, {}, uncertain(why.code)}); }

  void give_up() {
    core::subscription_ptr ended;
    const std::lock_guard lock{guard_};
    ended = std::move(subscription_);
    done_ = {};
  }

 private:
  void begin() {
    tasks_.subscribe(who_, child_, 0, std::numeric_limits<std::uint32_t>::max(), shared_from_this(),
                     [self = shared_from_this()](result<core::subscription_ptr> made) {
                       if (!made && made.error().code == errc::task_terminal) return self->on_end();
                       if (!made) return self->on_failure(made.error());
                       const std::lock_guard lock{self->guard_};
                       if (self->done_) self->subscription_ = std::move(*made);
                     });
  }

  // A child that has ended, or never began, has nothing to cancel.
  void cancel() {
    tasks_.cancel(who_, child_, "the task that asked for it has ended", [](result<core::task_ptr>) {});
  }

  void finish(effect_end how) {
    callback<void(effect_end)> done;
    {
      const std::lock_guard lock{guard_};
      done = std::move(done_);
      done_ = {};
    }
    if (done) done(std::move(how));
  }

  core::task_service& tasks_;
  core::caller who_;
  task_id child_;
  std::atomic<bool> aborted_{false};
  std::mutex guard_;
  callback<void(effect_end)> done_;
  core::subscription_ptr subscription_;
};

class child_call final : public core::running_call {
 public:
  explicit child_call(std::shared_ptr<waiting> one) : waiting_(std::move(one)) {}
  ~child_call() override { waiting_->give_up(); }

 private:
  std::shared_ptr<waiting> waiting_;
};

class child_runner final : public runner {
 public:
  child_runner(core::task_service& tasks, const catalog::catalog& definitions) : tasks_(tasks), definitions_(definitions) {}

  core::running_call_ptr start(const actors::run_effect& order, hooks to) override {
    const auto child = child_of(order);
    if (!child) return refuse(to, fail(errc::corrupt, "the request of the child has no id"));
    auto one = std::make_shared<waiting>(tasks_, order.who, *child, std::move(to.done));
    std::erase_if(under_way_, [](const auto& each) { return each.second.expired(); });
    under_way_[order.effect_id] = one;
    // A reader may call it when this runner is gone; the catalog outlives both.
    const auto submit = [&all = definitions_, order, child = *child, one] {
      auto choices = submissions(all, order, child);
      choices ? one->submit(*std::move(choices)) : one->on_failure(choices.error());
    };
    if (order.resumed)
      one->find_or(submit);
    else
      submit();
    return std::make_unique<child_call>(std::move(one));
  }

  void abort(const actors::run_effect& order) override {
    const auto found = under_way_.find(order.effect_id);
    const auto one = found == under_way_.end() ? nullptr : found->second.lock();
    if (one) return one->abort();
    // Between two attempts to find it.
    if (const auto child = child_of(order))
      tasks_.cancel(order.who, *child, "the task that asked for it has ended", [](result<core::task_ptr>) {});
  }

 private:
  static core::running_call_ptr refuse(hooks& to, error why) {
    to.done({std::move(why), {}, false});
    return nullptr;
  }

  // To "weather", or for "?skill=math" and "?label=team:a" to each that answers to it and takes these arguments, by name,
  // but not to the one that asks. At least one.
  static result<std::vector<core::submission>> submissions(const catalog::catalog& all, const actors::run_effect& order,
                                                           task_id child) {
    const auto wanted = order.request.value("agent", std::string{});
    const auto arguments = core::arguments_of(order.request);
    std::vector<core::submission> out;
    std::optional<error> unfit;
    const auto add = [&](const core::definition& agent) {
      auto message = core::input_from(agent, arguments, child.str() + "/message");
      if (message) return out.push_back(submission(order, child, agent.name, *std::move(message)));
      if (!unfit) unfit = message.error();
    };
    if (!wanted.starts_with('?')) {
      const auto named = all.find(wanted);
      // Who is not there is refused by the port, which knows near names.
      core::definition nobody;
      nobody.name = wanted;
      add(named ? *named->current.definition : nobody);
    } else {
      const auto equals = wanted.find('=');
      const auto what = wanted.substr(1, equals == std::string::npos ? equals : equals - 1);
      const auto value = equals == std::string::npos ? std::string{} : wanted.substr(equals + 1);
      for (const auto& one : all.all()) {
        const auto& definition = *one.current.definition;
        if (!one.leaving && definition.name != order.agent && answers_to(definition, what, value)) add(definition);
      }
    }
    if (!out.empty()) return out;
    if (unfit) return *std::move(unfit);
    return fail(errc::not_found, "no agent for 'agent:" + wanted + "'");
  }

  static bool answers_to(const core::definition& one, const std::string& what, const std::string& value) {
    if (what == "skill")
      return std::any_of(one.skills.begin(), one.skills.end(), [&](const core::skill& each) { return each.id == value; });
    const auto colon = value.find(':');
    if (what != "label" || colon == std::string::npos) return false;
    const auto label = one.labels.find(value.substr(0, colon));
    return label != one.labels.end() && label->second == value.substr(colon + 1);
  }

  static core::submission submission(const actors::run_effect& order, task_id child, const std::string& agent,
                                     core::message said) {
    core::submission out;
    out.agent = agent;
    out.message = std::move(said);
    out.priority = order.priority;
    core::child_origin origin;
    origin.id = child;
    origin.parent = order.task;
    origin.depth = order.request.value("depth", 1);
    origin.durability = storage::is_volatile(child) ? core::durability::none : core::durability::sync;
    out.child = origin;
    // A circle that goes through a child is one all the same.
    if (order.hops > 0) out.labels.emplace(core::topic_hops_label, std::to_string(order.hops));
    if (order.time_left) out.timeout = *order.time_left;
    const auto reserve = order.request.find("reserve");
    if (reserve != order.request.end()) {
      if (reserve->contains("tokens")) out.budget.max_tokens = reserve->at("tokens").get<std::int64_t>();
      if (reserve->contains("cost_microusd"))
        out.budget.max_cost_microusd = reserve->at("cost_microusd").get<std::int64_t>();
      if (reserve->contains("descendants")) out.budget.max_descendants = reserve->at("descendants").get<std::int64_t>();
    }
    return out;
  }

  core::task_service& tasks_;
  const catalog::catalog& definitions_;
  std::unordered_map<std::string, std::weak_ptr<waiting>> under_way_;  ///< by effect
};

}  // namespace

std::unique_ptr<runner> make_child_runner(core::task_service& tasks, const catalog::catalog& definitions) {
  return std::make_unique<child_runner>(tasks, definitions);
}

}  // namespace mofa::effects
