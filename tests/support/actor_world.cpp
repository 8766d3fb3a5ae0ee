#include "tests/support/actor_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/make_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>

namespace mofa::test {
namespace {

caf::scheduler::test_coordinator& coordinator(caf::actor_system& system) {
  return static_cast<caf::scheduler::test_coordinator&>(system.scheduler());
}

}  // namespace

actor_world::actor_world() : config_(1, true), system(config_) {
  // A test that leaves an actor behind fails by what it checks; it must not hang.
  system.await_actors_before_shutdown(false);
  bridge_owner_ = caf::make_actor<actors::ask_bridge, caf::strong_actor_ptr>(system.next_actor_id(), system.node(), &system,
                                                                             bridge_config_);
  bridge_ = static_cast<actors::ask_bridge*>(caf::actor_cast<caf::abstract_actor*>(bridge_owner_));
  answer.value = core::submitted_task{};
}

actor_world::~actor_world() {
  end();
  bridge_->close();
}

void actor_world::end() {
  for (const auto& one : kept_) caf::anon_send_exit(one, caf::exit_reason::kill);
  kept_.clear();
  run();
  where.clear();
}

void actor_world::run() {
  while (coordinator(system).try_run_once()) {
  }
}

void actor_world::pass(milliseconds span) {
  run();
  for (; span > milliseconds{0}; --span) {
    time.at += milliseconds{1};
    coordinator(system).advance_time(milliseconds{1});
    run();
  }
}

void actor_world::put_agent(const std::string& name) {
  using namespace actors;
  const auto depth = std::make_shared<std::atomic<std::int64_t>>(0);
  const auto made = system.spawn([this, depth](agent_actor::pointer) -> agent_actor::behavior_type {
    return {[](const submit_request&) { return task_reply{}; },
            [this, depth](task_input& input) {
              --*depth;
              inputs.push_back(std::move(input));
              return answer;
            },
            [](const task_note&) {},
            [](const open_tasks_read&) {},
            [](const context_checked&) {},
            [](const agent_request&) { return agent_reply{}; },
            [](tick) {}};
  });
  where.put_agent(name, keep(made), depth);
}

}  // namespace mofa::test
