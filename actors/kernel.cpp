#include "actors/kernel.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "actors/agent/agent_actor.hpp"
#include "actors/bus/bus.hpp"
#include "actors/clockwork/clockwork.hpp"
#include "actors/delivery/delivery.hpp"
#include "actors/directory/directory.hpp"
#include "actors/effects/effects.hpp"
#include "actors/effects/runners.hpp"
#include "actors/service/agent_front.hpp"
#include "actors/service/push_front.hpp"
#include "actors/service/task_front.hpp"
#include "actors/service/topic_front.hpp"
#include "actors/storage/feeds.hpp"
#include "actors/storage/journal.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/system.hpp"

namespace mofa::actors {

using supervision::child_spec;
using supervision::strategy;
using supervision::supervisor_spec;

struct kernel::parts {
  parts(kernel_options wanted, core::store& journal, catalog::catalog& all, const clock& time, probe& watch,
        std::uint64_t epoch)
      : options(std::move(wanted)),
        store(journal),
        definitions(all),
        env{time, watch, epoch, options.idle_after},
        config(options.workers),
        system(config) {
    auto made =
        caf::make_actor<ask_bridge, caf::strong_actor_ptr>(system.next_actor_id(), system.node(), &system, bridge_config);
    bridge_owner = std::move(made);
    bridge = static_cast<ask_bridge*>(caf::actor_cast<caf::abstract_actor*>(bridge_owner));
    tasks = std::make_unique<service::task_front>(*bridge, where, definitions, env);
    topics = std::make_unique<service::topic_front>(*bridge, where, env);
    pushes = std::make_unique<service::push_front>(*tasks, where, env, options.push.sender);
    agents = std::make_unique<service::agent_front>(
        *bridge, where, definitions,
        service::agent_front::supervisors{
            [this] { return root; }, [this] { return agents_supervisor(); },
            [this](const std::string& name) { return agent_child(name); },
            [this](const std::string& name, callback<void(result<bool>)> done) { bury(name, std::move(done)); },
            [this] { renew_subscriptions(); }},
        env.time);
    gear.slots = options.scheduling;
    gear.slots_now = [this] {
      const std::lock_guard lock{guard};
      return options.scheduling;
    };
    gear.runners = [this] { return runners(); };
    root = supervision::spawn_supervisor(system, tree(), env);
    expirer = std::thread{[this] { expire_questions(); }};
  }

  kernel_options options;
  core::store& store;
  catalog::catalog& definitions;
  environment env;
  system_config config;
  caf::actor_system system;
  directory::directory where;
  caf::actor_config bridge_config;
  caf::strong_actor_ptr bridge_owner;
  ask_bridge* bridge = nullptr;
  std::unique_ptr<service::task_front> tasks;
  std::unique_ptr<service::agent_front> agents;
  std::unique_ptr<service::topic_front> topics;
  std::unique_ptr<service::push_front> pushes;
  effects::equipment gear;
  supervisor_actor root;
  std::mutex guard;
  supervisor_actor agents_tree;
  std::map<std::string, std::shared_ptr<agent::standing_orders>> all_orders;
  std::condition_variable stopping;
  bool stopped = false;
  std::thread expirer;

  bool delivers() const { return options.push.sender != nullptr; }

  effects::runner_map runners() {
    effects::runner_map out;
    out["tool"] = effects::make_tool_runner(options.tools);
    out["model"] = effects::make_model_runner(*options.models, options.tools, definitions);
    out["recall"] = effects::make_recall_runner(where);
    out["child"] = effects::make_child_runner(*tasks, definitions);
    out["publish"] = effects::make_publish_runner(*topics);
    return out;
  }

  supervisor_actor agents_supervisor() {
    const std::lock_guard lock{guard};
    return agents_tree;
  }

  void schedule_by(scheduling::options next) {
    {
      const std::lock_guard lock{guard};
      options.scheduling = std::move(next);
    }
    if (const auto room = where.effects()) caf::anon_send(room, tick{effects::slots_changed_tick});
  }

  // Deadlines of questions are coarse: they are for parts that hang.
  void expire_questions() {
    std::unique_lock lock{guard};
    while (!stopping.wait_for(lock, std::chrono::milliseconds{250}, [this] { return stopped; })) {
      lock.unlock();
      bridge->expire(std::chrono::steady_clock::now());
      lock.lock();
    }
  }

  supervisor_spec tree() {
    supervisor_spec out;
    out.name = "root";
    out.path = "root";
    // What stands further down depends on what stands above it.
    out.how = strategy::rest_for_one;
    out.rule = {5, milliseconds{30'000}, milliseconds{50}, milliseconds{2'000}};
    out.give_up = options.on_give_up;
    out.children.push_back(branch("storage", [this] { return storage_tree(); }));
    out.children.push_back(worker("clockwork", [this] {
      auto made = clockwork::spawn_clockwork(system, env, where);
      where.update([&](auto& s) { s.clockwork = made; });
      return caf::actor_cast<caf::actor>(made);
    }));
    out.children.push_back(worker("bus", [this] {
      auto made = bus::spawn_bus(system, env, where, definitions, *tasks);
      where.update([&](auto& s) { s.bus = made; });
      return caf::actor_cast<caf::actor>(made);
    }));
    out.children.push_back(worker("effects", [this] {
      auto made = effects::spawn_effects(system, gear, env, where);
      where.update([&](auto& s) { s.effects = made; });
      return caf::actor_cast<caf::actor>(made);
    }));
    out.children.push_back(branch("agents", [this] { return agents_tree_spec(); }));
    // Last, because nobody stands on it: what happens to a delivery is no reason for a task to restart.
    if (delivers()) out.children.push_back(branch("delivery", [this] { return delivery_tree(); }));
    return out;
  }

  supervisor_spec delivery_tree() {
    supervisor_spec out;
    out.name = "delivery";
    out.path = "root/delivery";
    // A branch of its own, which never gives up: with pauses of half a minute and more there are not as many crashes in that
    // time. Receivers that are told late are no reason to end the process.
    out.rule = {100, milliseconds{600'000}, milliseconds{50}, milliseconds{60'000}};
    out.children.push_back(worker("receivers", [this] { return deliveries(); }));
    return out;
  }

  caf::actor deliveries() {
    auto made = delivery::spawn_delivery(system, env, where, *tasks, options.push);
    where.update([&](auto& s) { s.delivery = made; });
    return caf::actor_cast<caf::actor>(made);
  }

  supervisor_spec storage_tree() {
    supervisor_spec out;
    out.name = "storage";
    out.path = "root/storage";
    out.how = strategy::one_for_all;
    // One crash here is the root's business: everything that depends on storage restarts with it.
    out.rule = {0, milliseconds{30'000}, milliseconds{50}, milliseconds{2'000}};
    out.children.push_back(worker("feeds", [this] {
      auto made = storage::spawn_feeds(system, env, where);
      where.update([&](auto& s) { s.feeds = made; });
      return caf::actor_cast<caf::actor>(made);
    }));
    for (int i = 0; i < options.readers; ++i) {
      out.children.push_back(worker("reader-" + std::to_string(i), [this, i] {
        auto made = storage::spawn_reader(system, store);
        where.update([&](auto& s) {
          s.readers.resize(static_cast<std::size_t>(options.readers));
          s.readers[static_cast<std::size_t>(i)] = made;
        });
        return caf::actor_cast<caf::actor>(made);
      }));
    }
    out.children.push_back(worker("journal", [this] {
      auto made = storage::spawn_journal(system, store, env, where);
      where.update([&](auto& s) { s.journal = made; });
      return caf::actor_cast<caf::actor>(made);
    }));
    return out;
  }

  supervisor_spec agents_tree_spec() {
    supervisor_spec out;
    out.name = "agents";
    out.path = "root/agents";
    out.rule = {10, milliseconds{30'000}, milliseconds{50}, milliseconds{2'000}};
    for (const auto& name : definitions.names()) out.children.push_back(agent_child(name));
    return out;
  }

  child_spec agent_child(const std::string& name) {
    auto out = worker(name, [this, name] {
      // Buried while its supervisor was about to start it again: an actor that ends in order is not restarted.
      if (!definitions.find(name)) return system.spawn([](caf::event_based_actor*) {});
      auto depth = std::make_shared<std::atomic<std::int64_t>>(0);
      auto made = agent::spawn_agent(system, name, definitions, env, where, depth, orders_for(name),
                                     [this, name] { bury(name, [](result<bool>) {}); });
      where.put_agent(name, made, std::move(depth));
      return caf::actor_cast<caf::actor>(made);
    });
    out.when = supervision::restart::transient;
    return out;
  }

  // They outlive the agent's actor, and the whole branch.
  std::shared_ptr<agent::standing_orders> orders_for(const std::string& name) {
    const auto known = definitions.find(name);
    const std::lock_guard lock{guard};
    auto& orders = all_orders[name];
    if (!orders) orders = std::make_shared<agent::standing_orders>();
    if (known && known->leaving) orders->leaving = true;
    return orders;
  }

  // An agent that was leaving goes when no task of it is open. First its place in the tree: whoever comes by that name later
  // finds it free. Should the mark stay, it comes back at the next start, and goes again.
  void bury(const std::string& name, callback<void(result<bool>)> done) {
    auto shared = std::make_shared<callback<void(result<bool>)>>(std::move(done));
    storage::read(
        where,
        [this, name, shared](core::store& versions) {
          const auto open = versions.has_open_tasks(name);
          if (!open || *open) return (*shared)(open ? result<bool>{false} : result<bool>{open.error()});
          // Its file may have come back; and who asks twice is answered once.
          if (!definitions.begin_to_go(name)) return (*shared)(!definitions.find(name));
          caf::anon_send(agents_supervisor(), remove_child{name});
          where.remove_agent(name);
          {
            const std::lock_guard lock{guard};
            all_orders.erase(name);
          }
          const auto forgotten = definitions.forget(name, versions);
          renew_subscriptions();
          (*shared)(forgotten ? result<bool>{true} : result<bool>{forgotten.error()});
        },
        [shared] { (*shared)(fail(errc::unavailable, "storage is restarting; try again")); });
  }

  // A definition has come, changed or gone: agents may want other topics.
  void renew_subscriptions() {
    if (const auto bus = where.bus()) caf::anon_send(bus, definitions_changed{});
  }

  // The children are those of the moment of its start: agents come and go.
  child_spec branch(const std::string& name, std::function<supervisor_spec()> tree_of) {
    child_spec out;
    out.name = name;
    out.is_supervisor = true;
    out.grace = milliseconds{15'000};
    out.start = [this, name, tree_of = std::move(tree_of)] {
      auto made = supervision::spawn_supervisor(system, tree_of(), env);
      if (name == "agents") {
        const std::lock_guard lock{guard};
        agents_tree = made;
      }
      return caf::actor_cast<caf::actor>(made);
    };
    return out;
  }

  static child_spec worker(std::string name, std::function<caf::actor()> start) {
    child_spec out;
    out.name = std::move(name);
    out.start = std::move(start);
    return out;
  }

  void stop() {
    {
      const std::lock_guard lock{guard};
      if (stopped) return;
      stopped = true;
    }
    stopping.notify_all();
    expirer.join();
    {
      caf::scoped_actor self{system};
      self->monitor(root);
      self->send_exit(root, caf::exit_reason::user_shutdown);
      self->receive([](const caf::down_msg&) {});
    }
    bridge->close();
    root = nullptr;
    {
      const std::lock_guard lock{guard};
      agents_tree = nullptr;
    }
    where.clear();
  }
};

kernel::kernel(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
kernel::~kernel() { stop(); }

result<std::unique_ptr<kernel>> kernel::start(kernel_options options, core::store& store, catalog::catalog& definitions,
                                              const clock& time, probe& watch) {
  const auto epoch = store.acquire_ownership();
  if (!epoch) return epoch.error();
  return std::unique_ptr<kernel>{
      new kernel{std::make_unique<parts>(std::move(options), store, definitions, time, watch, *epoch)}};
}

core::task_service& kernel::tasks() { return *parts_->tasks; }
core::agent_service& kernel::agents() { return *parts_->agents; }
service::file_agents& kernel::files() { return *parts_->agents; }
core::topic_service& kernel::topics() { return *parts_->topics; }
core::push_service& kernel::pushes() { return *parts_->pushes; }

void kernel::schedule_by(scheduling::options next) { parts_->schedule_by(std::move(next)); }

void kernel::stop() {
  if (!parts_) return;
  parts_->stop();
  parts_->bridge_owner = nullptr;
  auto& store = parts_->store;
  parts_.reset();
  // A failure leaves the mark of an unclean stop: the next start counts it, and nothing is lost.
  (void)store.release_ownership();
}

}  // namespace mofa::actors
