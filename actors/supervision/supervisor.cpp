#include "actors/supervision/supervisor.hpp"

#include <caf/exit_reason.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <optional>
#include <utility>

#include "actors/system/system.hpp"

namespace mofa::supervision {
namespace {

using namespace mofa::actors;

struct child {
  child_spec spec;
  bool leaving = false;                ///< forgotten when it has ended
  std::optional<child_spec> follower;  ///< somebody new by its name, to be started then
  caf::actor handle;                   ///< null while it does not run
  std::string state = "stopped";
  int restarts = 0;
  std::string last_failure;
};

struct supervisor_state {
  using self_pointer = supervisor_actor::stateful_pointer<supervisor_state>;
  static inline const char* name = "supervisor";

  explicit supervisor_state(self_pointer me) : self(me) {}

  enum class phase { running, stopping_some, waiting, stopping_all };

  self_pointer self;
  supervisor_spec spec;
  const environment* env = nullptr;
  std::vector<child> children;
  std::optional<restart_window> window;
  phase now = phase::running;
  std::vector<bool> affected;  ///< which children the present restart concerns
  std::uint64_t turn = 0;      ///< tells a tick of an earlier stop or backoff from the present one
  caf::error end_reason;       ///< of this supervisor, when all have stopped

  void adopt(const std::vector<caf::actor>& started) {
    window.emplace(spec.rule);
    for (std::size_t i = 0; i < started.size(); ++i) {
      children.push_back({std::move(spec.children[i]), false, std::nullopt, started[i], "running", 0, {}});
      self->monitor(started[i]);
    }
    spec.children.clear();
    affected.assign(children.size(), false);
  }

  void start(child& one) {
    one.handle = one.spec.start();
    one.state = "running";
    self->monitor(one.handle);
  }

  child* find(const caf::actor_addr& who) {
    const auto found =
        std::find_if(children.begin(), children.end(), [&](const auto& c) { return c.handle && c.handle.address() == who; });
    return found == children.end() ? nullptr : &*found;
  }

  void ended(const caf::down_msg& news) {
    auto* one = find(news.source);
    if (one == nullptr) return;
    const bool asked = one->state == "stopping";
    one->handle = nullptr;
    one->state = "stopped";
    const bool failed =
        news.reason && news.reason != caf::exit_reason::normal && news.reason != caf::exit_reason::user_shutdown;
    const bool again = one->spec.when == restart::permanent || (one->spec.when == restart::transient && failed);
    if (!asked && again) {
      one->last_failure = reason_text(news.reason);
      mark(*one);
    }
    if (one->leaving && one->follower) return follow(*one);
    if (one->leaving) return forget(*one);
    // A crash during a restart or a backoff counts, and joins the restart that is under way; who depends on it is stopped
    // first.
    if (!asked && again && now != phase::stopping_all) return decide(*one);
    if (now == phase::stopping_some || now == phase::stopping_all) return stop_next();
  }

  void mark(const child& one) {
    const auto index = static_cast<std::size_t>(&one - children.data());
    affected[index] = true;
    if (spec.how == strategy::one_for_one) return;
    const auto first = spec.how == strategy::rest_for_one ? index : 0;
    for (auto i = first; i < children.size(); ++i) affected[i] = true;
  }

  void decide(child& one) {
    const auto at = env->time.now();
    const auto path = spec.path + "/" + one.spec.name;
    const auto next = window->on_crash(at, static_cast<std::uint64_t>(at.time_since_epoch().count()));
    if (next.what == decision::action::give_up) {
      const auto causes = spec.name + ": more than " + std::to_string(spec.rule.intensity) + " restarts in " +
                          std::to_string(spec.rule.period.count()) + " ms <- " + one.spec.name + ": " + one.last_failure;
      env->watch.escalated(path, causes);
      return stop_all(failure(causes));
    }
    env->watch.child_restarted(path, one.last_failure);
    backoff = next.what == decision::action::restart_after ? next.delay : milliseconds{0};
    now = phase::stopping_some;
    stop_next();
  }
  milliseconds backoff{0};

  // One child at a time, the last started first: each still has what it depends on.
  void stop_next() {
    for (auto i = children.size(); i-- > 0;) {
      auto& one = children[i];
      if (!one.handle || (now == phase::stopping_some && !affected[i])) continue;
      one.state = "stopping";
      self->send_exit(one.handle, caf::exit_reason::user_shutdown);
      self->delayed_send(self, one.spec.grace, tick{++turn << 1});
      return;
    }
    ++turn;
    if (now == phase::stopping_all) return finish();
    now = phase::waiting;
    for (std::size_t i = 0; i < children.size(); ++i)
      if (affected[i]) children[i].state = "restarting";
    if (backoff > milliseconds{0}) {
      self->delayed_send(self, backoff, tick{turn << 1 | 1});
    } else {
      restart_affected();
    }
  }

  void on_tick(std::uint64_t what) {
    if (what >> 1 != turn) return;
    if ((what & 1) != 0) return restart_affected();
    // The grace period of the child that is stopping has passed.
    for (auto& one : children)
      if (one.handle && one.state == "stopping") self->send_exit(one.handle, caf::exit_reason::kill);
  }

  void restart_affected() {
    now = phase::running;
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (!affected[i]) continue;
      affected[i] = false;
      if (children[i].handle) continue;
      ++children[i].restarts;
      start(children[i]);
    }
  }

  void stop_all(caf::error reason) {
    end_reason = std::move(reason);
    now = phase::stopping_all;
    stop_next();
  }

  void finish() {
    if (spec.give_up && end_reason && end_reason != caf::exit_reason::user_shutdown) spec.give_up(reason_text(end_reason));
    self->quit(end_reason);
  }

  core::supervision_node node() const {
    static constexpr const char* names[] = {"one_for_one", "one_for_all", "rest_for_one"};
    core::supervision_node out;
    out.name = spec.name;
    out.type = "supervisor";
    out.strategy = names[static_cast<int>(spec.how)];
    out.state = now == phase::running ? "running" : now == phase::stopping_all ? "stopping" : "restarting";
    for (const auto& one : children)
      out.children.push_back({one.spec.name, "worker", "", one.state, one.restarts, one.last_failure, {}});
    return out;
  }

  // A branch fills in when its supervisor answers; the last one sends the tree.
  caf::result<tree_reply> tree() {
    auto promise = self->make_response_promise<tree_reply>();
    auto out = std::make_shared<tree_reply>(tree_reply{node()});
    auto open = std::make_shared<std::size_t>(1);
    const std::function<void()> done = [promise, out, open]() mutable {
      if (--*open == 0) promise.deliver(std::move(*out));
    };
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (!children[i].spec.is_supervisor || !children[i].handle) continue;
      ++*open;
      self->request(caf::actor_cast<supervisor_actor>(children[i].handle), std::chrono::seconds{2}, tree_request{})
          .then(
              [out, i, done](const tree_reply& branch) {
                auto& place = out->node.children[i];
                place.type = "supervisor";
                place.strategy = branch.node.strategy;
                place.children = branch.node.children;
                done();
              },
              [out, i, done](const caf::error&) {
                out->node.children[i].type = "supervisor";
                done();
              });
    }
    done();
    return promise;
  }

  void forget(const child& one) {
    const auto index = &one - children.data();
    children.erase(children.begin() + index);
    affected.erase(affected.begin() + index);
    if (now == phase::stopping_some || now == phase::stopping_all) stop_next();
  }

  void follow(child& one) {
    one.spec = *std::exchange(one.follower, std::nullopt);
    one.leaving = false;
    start(one);
  }

  done_reply add(const child_spec& wanted) {
    if (now == phase::stopping_all) return {fail(errc::unavailable, "this part of the server stops")};
    for (auto& one : children) {
      if (one.spec.name != wanted.name) continue;
      if (one.leaving) {
        one.follower = wanted;
        return {};
      }
      // It ended, or never began, and nobody is about to start it.
      const bool idle = !one.handle && one.state == "stopped" && !affected[static_cast<std::size_t>(&one - children.data())];
      if (!idle) return {fail(errc::conflict, "'" + wanted.name + "' is there already")};
      one.spec = wanted;
      start(one);
      return {};
    }
    children.push_back({wanted, false, std::nullopt, {}, "stopped", 0, {}});
    affected.push_back(false);
    start(children.back());
    return {};
  }

  // Without a handle it is between two starts: there is nothing to wait for.
  done_reply remove(const std::string& which) {
    const auto found =
        std::find_if(children.begin(), children.end(), [&](const auto& one) { return one.spec.name == which; });
    if (found == children.end()) return {fail(errc::not_found, "no child '" + which + "'")};
    if (!found->handle) {
      forget(*found);
      return {};
    }
    found->leaving = true;
    found->state = "stopping";
    self->send_exit(found->handle, caf::exit_reason::user_shutdown);
    return {};
  }

  done_reply restart_one(const std::string& which) {
    for (auto& one : children) {
      if (one.spec.name != which) continue;
      if (now != phase::running || !one.handle) return {fail(errc::unavailable, "'" + which + "' is restarting already")};
      affected[static_cast<std::size_t>(&one - children.data())] = true;
      backoff = milliseconds{0};
      one.last_failure = "restarted by the operator";
      now = phase::stopping_some;
      stop_next();
      return {};
    }
    return {fail(errc::not_found, "no child '" + which + "'")};
  }
};

}  // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, supervisor_spec spec, const environment& env) {
  // On the caller's thread: when this returns, whoever starts next finds these children in the directory.
  std::vector<caf::actor> started;
  for (const auto& one : spec.children) started.push_back(one.start());
  return system.spawn([spec = std::move(spec), started = std::move(started),
                       &env](supervisor_state::self_pointer self) -> supervisor_actor::behavior_type {
    guard(self);
    auto& state = self->state;
    state.spec = spec;
    state.env = &env;
    self->set_down_handler([self](caf::down_msg& news) { self->state.ended(news); });
    self->set_exit_handler([self](caf::exit_msg& order) { self->state.stop_all(order.reason); });
    state.adopt(started);
    return {[self](tree_request) { return self->state.tree(); },
            [self](const add_child& order) { return self->state.add(*order.spec); },
            [self](const remove_child& order) { return self->state.remove(order.name); },
            [self](const restart_child& order) { return self->state.restart_one(order.name); },
            [self](tick what) { self->state.on_tick(what.what); }};
  });
}

}  // namespace mofa::supervision
