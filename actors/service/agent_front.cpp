#include "actors/service/agent_front.hpp"

#include <algorithm>
#include <cctype>
#include <mutex>

#include "actors/storage/read_job.hpp"
#include "server/base/nearest.hpp"

namespace mofa::service {
namespace {

using namespace mofa::actors;

std::chrono::steady_clock::time_point deadline() { return std::chrono::steady_clock::now() + std::chrono::seconds{5}; }

bool contains_ignoring_case(const std::string& text, const std::string& part) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool matches(const core::definition& one, const core::agent_filter& filter) {
  if (filter.kind && one.kind != *filter.kind) return false;
  if (filter.label) {
    const auto found = one.labels.find(filter.label->first);
    if (found == one.labels.end() || found->second != filter.label->second) return false;
  }
  if (filter.skill &&
      std::none_of(one.skills.begin(), one.skills.end(), [&](const auto& s) { return s.id == *filter.skill; }))
    return false;
  return !filter.text || contains_ignoring_case(one.name, *filter.text) ||
         contains_ignoring_case(one.description, *filter.text);
}

core::agent_info info_of(const catalog::entry& one, core::agent_state state) {
  return {one.current.definition, state, one.source, one.error};
}

}  // namespace

agent_front::agent_front(ask_bridge& bridge, const directory::directory& where, catalog::catalog& definitions,
                         supervisors tree, const clock& time)
    : bridge_(bridge), where_(where), definitions_(definitions), tree_(std::move(tree)), time_(time) {}

error agent_front::no_agent(const std::string& name) const {
  const auto names = definitions_.names();
  const std::vector<std::string_view> known{names.begin(), names.end()};
  std::string text = "no agent '" + name + "'";
  if (const auto near = nearest_name(name, known)) text += "; did you mean '" + std::string{*near} + "'?";
  return fail(errc::not_found, std::move(text));
}

void agent_front::ask(const std::string& name, agent_request::type what, completion<core::agent_actor_info> done) {
  if (!definitions_.find(name)) return done(no_agent(name));
  bridge_.ask<agent_reply>(where_.agent(name), agent_request{what}, deadline(),
                           [done = std::move(done)](result<agent_reply> reply) mutable {
                             if (!reply) return done(std::move(reply).error());
                             done(std::move(reply->info));
                           });
}

// The answers of several agents, collected for one page.
struct agent_front::gathering {
  std::mutex guard;
  std::size_t open = 0;
  core::page<core::agent_info> page;
  std::optional<core::agent_state> wanted;
  completion<core::page<core::agent_info>> done;

  void one_more(std::size_t place, core::agent_state state) {
    {
      const std::lock_guard lock{guard};
      page.items[place].state = state;
      if (--open > 0) return;
    }
    if (wanted) std::erase_if(page.items, [&](const auto& item) { return item.state != *wanted; });
    done(std::move(page));
  }
};

void agent_front::list(core::agent_filter filter, core::page_request want, completion<core::page<core::agent_info>> done) {
  auto all = std::make_shared<gathering>();
  all->wanted = filter.state;
  for (const auto& one : definitions_.all()) {
    const auto& definition = *one.current.definition;
    if (definition.name <= want.cursor || !matches(definition, filter)) continue;
    if (all->page.items.size() == static_cast<std::size_t>(want.limit)) {
      all->page.next_cursor = all->page.items.back().definition->name;
      break;
    }
    all->page.items.push_back(info_of(one, core::agent_state::failed));
  }
  if (all->page.items.empty()) return done(std::move(all->page));
  all->done = std::move(done);
  all->open = all->page.items.size();
  for (std::size_t i = 0, count = all->page.items.size(); i < count; ++i)
    ask(all->page.items[i].definition->name, agent_request::type::status,
        [all, i](result<core::agent_actor_info> info) { all->one_more(i, info ? info->state : core::agent_state::failed); });
}

void agent_front::get(std::string name, completion<core::agent_info> done) {
  const auto found = definitions_.find(name);
  if (!found) return done(no_agent(name));
  ask(name, agent_request::type::status,
      [one = *found, done = std::move(done)](result<core::agent_actor_info> info) mutable {
        done(info_of(one, info ? info->state : core::agent_state::failed));
      });
}

void agent_front::versions(std::string name, completion<std::vector<core::agent_version>> done) {
  if (!definitions_.find(name)) return done(no_agent(name));
  auto shared = std::make_shared<completion<std::vector<core::agent_version>>>(std::move(done));
  storage::read(
      where_,
      [shared, name](core::store& from) {
        auto found = from.definition_versions(name);
        if (!found) return (*shared)(std::move(found).error());
        std::vector<core::agent_version> out;
        for (auto& one : *found) out.push_back({one.version, one.created_at, std::move(one.hash)});
        (*shared)(std::move(out));
      },
      [shared] { (*shared)(fail(errc::unavailable, "storage is restarting; try again")); });
}

void agent_front::actor(std::string name, completion<core::agent_actor_info> done) {
  ask(name, agent_request::type::status, std::move(done));
}

void agent_front::command(std::string name, core::agent_command what, completion<core::agent_actor_info> done) {
  using type = agent_request::type;
  switch (what) {
    case core::agent_command::pause:
      return ask(name, type::pause, std::move(done));
    case core::agent_command::resume:
      return ask(name, type::resume, std::move(done));
    case core::agent_command::drain:
      return ask(name, type::drain, std::move(done));
    case core::agent_command::restart:
      break;
  }
  if (!definitions_.find(name)) return done(no_agent(name));
  bridge_.ask<done_reply>(tree_.agents(), restart_child{name}, deadline(),
                          [done = std::move(done)](result<done_reply> reply) mutable {
                            if (!reply) return done(std::move(reply).error());
                            if (!reply->value) return done(std::move(reply->value).error());
                            // The new actor is being started: it has nothing to tell yet.
                            core::agent_actor_info info;
                            info.last_failure = "restarted by the operator";
                            done(std::move(info));
                          });
}

// Written by a reader's thread; then the agent's actor is told, or made.
void agent_front::apply(core::definition_change what, completion<core::agent_info> done) {
  auto shared = std::make_shared<completion<core::agent_info>>(std::move(done));
  storage::read(
      where_,
      [this, shared, what = std::move(what)](core::store& versions) {
        auto made = definitions_.apply(what, versions, time_.now());
        if (!made) return (*shared)(std::move(made).error());
        take_in(std::move(*made), std::move(*shared));
      },
      [shared] { (*shared)(fail(errc::unavailable, "storage is restarting; try again")); });
}

void agent_front::tell_of_change() const {
  if (tree_.definitions_changed) tree_.definitions_changed();
}

void agent_front::take_in(catalog::applied made, completion<core::agent_info> done) {
  tell_of_change();
  const auto name = made.now.current.definition->name;
  // One that is known and has no actor: the tree had no time when it came.
  const bool missing = !made.now.leaving && !where_.agent(name);
  if (!made.fresh && !missing) return renew(std::move(made), std::move(done));
  auto spec = std::make_shared<const supervision::child_spec>(tree_.child_of(name));
  bridge_.ask<done_reply>(tree_.agents(), add_child{std::move(spec)}, deadline(),
                          [this, made = std::move(made), done = std::move(done)](result<done_reply> reply) mutable {
                            if (!reply) return done(std::move(reply).error());
                            // Of a request and its repeat at the same time one adds it, whichever comes first.
                            const bool there = !reply->value && reply->value.error().code == errc::conflict;
                            if (there) return renew(std::move(made), std::move(done));
                            if (!reply->value) return done(std::move(reply->value).error());
                            auto told = info_of(made.now, core::agent_state::ready);
                            told.replayed = made.replayed;
                            done(std::move(told));
                          });
}

// Its actor takes the newest version.
void agent_front::renew(catalog::applied made, completion<core::agent_info> done) {
  const auto name = made.now.current.definition->name;
  ask(name, agent_request::type::renew,
      [one = std::move(made.now), replayed = made.replayed,
       done = std::move(done)](result<core::agent_actor_info> info) mutable {
        auto told = info_of(one, info ? info->state : core::agent_state::failed);
        told.replayed = replayed;
        done(std::move(told));
      });
}

void agent_front::remove(std::string name, std::optional<int> if_version, bool drain, completion<bool> done) {
  const auto may = definitions_.changeable(name, if_version);
  if (!may) return done(may.error().code == errc::not_found ? no_agent(name) : may.error());
  ask(name, agent_request::type::status,
      [this, name, if_version, drain, done = std::move(done)](result<core::agent_actor_info> info) mutable {
        if (!info) return done(std::move(info).error());
        const auto tasks = info->running_tasks + info->queued_tasks;
        if (tasks > 0 && !drain)
          return done(fail(errc::conflict, "agent '" + name + "' has " + std::to_string(tasks) +
                                               " tasks; ?drain=true lets them end, then removes it"));
        auto shared = std::make_shared<completion<bool>>(std::move(done));
        storage::read(
            where_,
            [this, name, if_version, drain, shared](core::store& versions) {
              // Tasks that wait for a person have no actor; the store knows them.
              const auto open = versions.has_open_tasks(name);
              if (!open) return (*shared)(open.error());
              if (*open && !drain)
                return (*shared)(fail(errc::conflict, "agent '" + name +
                                                          "' has tasks that wait for a person; ?drain=true lets them end, "
                                                          "then removes it"));
              if (auto left = definitions_.let_leave(name, if_version, versions); !left)
                return (*shared)(std::move(left).error());
              end(name, std::move(*shared));
            },
            [shared] { (*shared)(fail(errc::unavailable, "storage is restarting; try again")); });
      });
}

void agent_front::take_file(catalog::compiled made, std::string file, completion<taken_file> done) {
  auto shared = std::make_shared<completion<taken_file>>(std::move(done));
  storage::read(
      where_,
      [this, shared, made = std::move(made), file = std::move(file)](core::store& versions) {
        auto taken = definitions_.take_file(made, file, versions, time_.now());
        if (!taken) return (*shared)(std::move(taken).error());
        const taken_file out{taken->now.current.definition->version, taken->fresh, taken->changed};
        take_in(std::move(*taken), [shared, out](result<core::agent_info> info) {
          if (!info) return (*shared)(std::move(info).error());
          (*shared)(out);
        });
      },
      [shared] { (*shared)(fail(errc::unavailable, "storage is restarting; try again")); });
}

void agent_front::let_file_leave(std::string agent, std::string file, completion<bool> done) {
  auto shared = std::make_shared<completion<bool>>(std::move(done));
  storage::read(
      where_,
      [this, shared, agent = std::move(agent), file = std::move(file)](core::store& versions) {
        const auto leaves = definitions_.let_file_leave(agent, file, versions);
        if (!leaves) return (*shared)(leaves.error());
        if (!*leaves) return (*shared)(false);
        // It leaves, also when its actor has not heard of it: that one looks after itself.
        end(agent, [shared](const result<bool>&) { (*shared)(true); });
      },
      [shared] { (*shared)(fail(errc::unavailable, "storage is restarting; try again")); });
}

void agent_front::note_error(const std::string& agent, const std::string& file, std::string why) {
  definitions_.note_error(agent, file, std::move(why));
}

// It takes nothing any more: when it is empty now it goes now, else by itself.
void agent_front::end(const std::string& name, completion<bool> done) {
  tell_of_change();
  bridge_.ask<agent_reply>(where_.agent(name), agent_request{agent_request::type::leave}, deadline(),
                           [this, name, done = std::move(done)](result<agent_reply> reply) mutable {
                             if (!reply) return done(std::move(reply).error());
                             if (!reply->empty) return done(false);
                             tree_.bury(name,
                                        [done = std::move(done)](result<bool> buried) mutable { done(std::move(buried)); });
                           });
}

void agent_front::supervision(completion<core::supervision_node> done) {
  bridge_.ask<tree_reply>(tree_.root(), tree_request{}, deadline(),
                          [done = std::move(done)](result<tree_reply> reply) mutable {
                            if (!reply) return done(std::move(reply).error());
                            done(std::move(reply->node));
                          });
}

}  // namespace mofa::service
