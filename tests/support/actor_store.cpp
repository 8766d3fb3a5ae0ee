#include "tests/support/actor_store.hpp"

#include <algorithm>

#include "protocols/core/visibility.hpp"

namespace mofa::test {
namespace {

error unasked() { return fail(errc::unsupported, "the memory store is not asked this"); }

bool at_work(const core::task_row& row) {
  return row.status.state == core::task_state::submitted || row.status.state == core::task_state::working;
}

}  // namespace

std::vector<core::append_outcome> memory_store::append(std::span<const core::append_unit> units) {
  if (before_commit) before_commit();
  groups.push_back(units.size());
  std::vector<core::append_outcome> out;
  for (const auto& unit : units) out.push_back(append_one(unit));
  return out;
}

core::append_outcome memory_store::append_one(const core::append_unit& unit) {
  const auto known = tasks.find(unit.row.id);
  const auto last = known == tasks.end() ? 0 : known->second.row.last_seq;
  if (last != unit.expected_seq) return fail(errc::conflict, "the task has other events");
  auto& task = tasks[unit.row.id];
  task.row = unit.row;
  task.events.insert(task.events.end(), unit.events.begin(), unit.events.end());
  for (const auto& timer : unit.timers_set) timer_rows[timer.timer_id] = timer;
  for (const auto& id : unit.timers_cleared) timer_rows.erase(id);
  return {};
}

result<core::loaded_task> memory_store::load(task_id which) {
  const auto known = tasks.find(which);
  if (known == tasks.end()) return fail(errc::not_found, "no task " + which.str());
  return known->second;
}

result<std::vector<core::event_ptr>> memory_store::events(task_id which, std::uint64_t after, std::size_t limit) {
  std::vector<core::event_ptr> out;
  const auto known = tasks.find(which);
  if (known == tasks.end()) return out;
  for (const auto& event : known->second.events)
    if (event->seq > after && out.size() < limit) out.push_back(event);
  return out;
}

result<core::task_row> memory_store::row(const core::caller& who, task_id which) {
  const auto known = tasks.find(which);
  if (known == tasks.end() || !core::may_see(who, known->second.row)) return fail(errc::not_found, "no task " + which.str());
  return known->second.row;
}

result<core::open_tasks> memory_store::open(const std::string& agent) {
  core::open_tasks out;
  for (const auto& [id, task] : tasks) {
    const auto& row = task.row;
    if (row.agent != agent || core::is_terminal(row.status.state)) continue;
    if (row.wake) {
      out.wake.push_back({id, row.context_id, row.tenant, row.owner, row.status.state, row.decided_seq < row.last_seq, 0});
    } else if (at_work(row)) {
      ++out.sleeping;
    }
  }
  return out;
}

result<std::optional<task_id>> memory_store::busy_task(const std::string& tenant, const std::string& owner,
                                                       const std::string& agent, const std::string& context_id) {
  for (const auto& [id, task] : tasks) {
    const auto& row = task.row;
    if (row.tenant == tenant && row.owner == owner && row.agent == agent && row.context_id == context_id && at_work(row))
      return std::optional<task_id>{id};
  }
  return std::optional<task_id>{};
}

result<std::vector<core::timer_row>> memory_store::timers(time_point until, std::size_t limit) {
  std::vector<core::timer_row> out;
  for (const auto& [id, timer] : timer_rows)
    if (timer.due < until) out.push_back(timer);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.due < b.due; });
  if (out.size() > limit) out.resize(limit);
  return out;
}

result<int> memory_store::put_definition(const std::string& name, const std::string& body, const std::string& hash,
                                         time_point now) {
  auto& versions = definitions[name];
  if (versions.empty() || versions.back().hash != hash)
    versions.push_back({name, static_cast<int>(versions.size()) + 1, body, hash, now});
  return versions.back().version;
}

result<core::stored_definition> memory_store::definition(const std::string& name, int version) {
  const auto known = definitions.find(name);
  if (known == definitions.end() || version < 1 || static_cast<std::size_t>(version) > known->second.size())
    return fail(errc::not_found, "no such version of " + name);
  return known->second[static_cast<std::size_t>(version) - 1];
}

result<std::optional<core::idempotent_hit>> memory_store::find_idempotent(const std::string&, const std::string&,
                                                                          const std::string&, const std::string&) {
  return std::optional<core::idempotent_hit>{};
}
result<core::page<core::task_row>> memory_store::list(const core::caller&, const core::task_filter&,
                                                      const core::page_request&) {
  return unasked();
}
result<void> memory_store::remove(const core::caller&, task_id) { return unasked(); }
result<core::page<core::context_info>> memory_store::contexts(const core::caller&, const core::page_request&) {
  return unasked();
}
result<core::context_info> memory_store::context(const core::caller&, const std::string&) { return unasked(); }
result<core::page<core::event_ptr>> memory_store::context_events(const core::caller&, const std::string&,
                                                                 const core::page_request&) {
  return unasked();
}
result<void> memory_store::remove_context(const core::caller&, const std::string&) { return unasked(); }
result<void> memory_store::memory_put(const core::caller& who, const std::string& context_id, const std::string& key,
                                      const std::optional<std::string>& value, time_point) {
  const auto at = std::tuple{who.tenant, who.principal, context_id, key};
  if (value) {
    memory[at] = *value;
  } else {
    memory.erase(at);
  }
  return {};
}
result<std::optional<std::string>> memory_store::memory_get(const core::caller& who, const std::string& context_id,
                                                            const std::string& key) {
  const auto found = memory.find({who.tenant, who.principal, context_id, key});
  return found == memory.end() ? std::optional<std::string>{} : std::optional{found->second};
}
result<std::vector<core::stored_definition>> memory_store::definition_versions(const std::string&) { return unasked(); }
result<bool> memory_store::has_open_tasks(const std::string& agent) {
  return std::any_of(tasks.begin(), tasks.end(), [&](const auto& entry) {
    const auto& row = entry.second.row;
    return row.agent == agent && !core::is_terminal(row.status.state);
  });
}
result<int> memory_store::keep_agent(const std::string& name, const std::string& body, const std::string& hash,
                                     const std::optional<core::idempotency_record>& once, time_point now) {
  const auto version = put_definition(name, body, hash, now);
  if (!version) return version;
  marks[name] = core::agent_mark::kept;
  if (once)
    agent_keys[{once->tenant, once->principal, once->once.operation, once->once.key}] = {name, *version,
                                                                                         once->once.body_hash};
  return version;
}
result<std::optional<core::agent_hit>> memory_store::find_agent(const std::string& tenant, const std::string& principal,
                                                                const std::string& operation, const std::string& key) {
  const auto found = agent_keys.find({tenant, principal, operation, key});
  return found == agent_keys.end() ? std::optional<core::agent_hit>{} : std::optional{found->second};
}
result<void> memory_store::mark_agent(const std::string& name, std::optional<core::agent_mark> mark) {
  if (mark) {
    marks[name] = *mark;
    return {};
  }
  marks.erase(name);
  for (auto& [key, hit] : agent_keys)
    if (hit.name == name) hit.version = 0;
  return {};
}
result<std::vector<core::marked_agent>> memory_store::marked_agents() {
  std::vector<core::marked_agent> out;
  for (const auto& [name, mark] : marks) out.push_back({definitions.at(name).back(), mark});
  return out;
}
result<std::size_t> memory_store::sweep(time_point, time_point, time_point, std::size_t) { return unasked(); }

}  // namespace mofa::test
