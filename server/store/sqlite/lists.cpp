// Tasks as rows, events and what an agent's start needs: the reading side of sqlite_store.
#include <limits>
#include <utility>

#include "protocols/core/cursor.hpp"
#include "server/store/sqlite/append.hpp"
#include "server/store/sqlite/sqlite_store.hpp"
#include "server/store/sqlite/task_columns.hpp"

namespace mofa::store {
namespace {

std::int64_t sql_limit(std::size_t limit) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(limit < most ? limit : most);
}

result<std::vector<core::event_ptr>> read_events(connection& db, const task_id& which, std::uint64_t after,
                                                 std::size_t limit) {
  std::vector<core::event_ptr> found;
  auto query = db.prepare("SELECT " MOFA_EVENT_COLUMNS " FROM events WHERE task=?1 AND seq>?2 ORDER BY seq LIMIT ?3");
  query.with(which, after, sql_limit(limit));
  while (query.next()) found.push_back(read_event(query));
  if (auto done = query.status(); !done) return done.error();
  return found;
}

/// The statement of list(). The planner knows nothing of how many tasks a tenant has, so each way is named: by context, by
/// parent, by being open, or else down the primary key; `+` keeps it from others. Filters that are not asked for are not in
/// it.
std::string list_sql(const core::caller& who, const core::task_filter& filter) {
  std::string way, where = " WHERE id < ?1 AND +tenant = ?2";
  if (filter.context_id) {
    way = " INDEXED BY tasks_by_context";
    where = " WHERE id < ?1 AND tenant = ?2";
  } else if (filter.parent_id) {
    way = " INDEXED BY tasks_children";
  } else if (filter.state && !core::is_terminal(*filter.state)) {
    way = " INDEXED BY tasks_open";
    where += " AND ended_at IS NULL";
  }
  const std::string_view plus = way.empty() ? "+" : "";
  int at = 3;
  const auto next = [&at] { return "?" + std::to_string(at++); };
  const auto equal = [&](std::string_view column) {
    where.append(" AND ").append(plus).append(column).append(" = ") += next();
  };
  if (!who.sees_all_owners()) equal("owner");
  if (filter.context_id) equal("context_id");
  if (filter.parent_id) equal("parent_id");
  if (filter.agent) equal("agent");
  if (filter.state) equal("state");
  if (filter.since) where += " AND id >= " + next();
  if (filter.status_since) where.append(" AND ").append(plus).append("status_at >= ") += next();
  if (filter.label) {
    const std::string key = next();
    where += " AND EXISTS (SELECT 1 FROM json_each(labels) AS l WHERE l.key = " + key + " AND l.value = " + next() + ")";
  }
  return "SELECT " MOFA_TASK_COLUMNS " FROM tasks" + way + where + " ORDER BY id DESC LIMIT " + next();
}

}  // namespace

error no_such_task(const task_id& which) { return fail(errc::not_found, "no task " + which.str()); }

result<void> check_limit(const core::page_request& want) {
  if (want.limit < 1) return fail(errc::invalid, "limit: must be at least 1");
  return {};
}

result<core::loaded_task> sqlite_store::load(task_id which) {
  auto db = readers_.take();
  if (auto held = db.hold_still(); !held) return held.error();
  core::loaded_task out;
  auto row = db->prepare("SELECT " MOFA_TASK_COLUMNS " FROM tasks WHERE id=?1");
  if (!row.with(which).next()) {
    if (auto done = row.status(); !done) return done.error();
    return no_such_task(which);
  }
  auto read = read_task(row);
  if (!read) return read.error();
  out.row = *std::move(read);
  auto snapshot = db->prepare("SELECT seq, body FROM snapshots WHERE task=?1");
  if (snapshot.with(which).next()) {
    out.snapshot = core::snapshot{static_cast<std::uint64_t>(snapshot.integer(0)), std::string{snapshot.text(1)}};
  }
  if (auto done = snapshot.status(); !done) return done.error();
  auto events = read_events(*db, which, out.snapshot ? out.snapshot->seq : 0, std::numeric_limits<std::size_t>::max());
  if (!events) return events.error();
  out.events = *std::move(events);
  return out;
}

result<std::optional<core::idempotent_hit>> sqlite_store::find_idempotent(const std::string& tenant,
                                                                          const std::string& principal,
                                                                          const std::string& operation,
                                                                          const std::string& key) {
  const auto db = readers_.take();
  return find_key(*db, tenant, principal, operation, key);
}

result<core::task_row> sqlite_store::row(const core::caller& who, task_id which) {
  const auto db = readers_.take();
  auto query = db->prepare("SELECT " MOFA_TASK_COLUMNS " FROM tasks WHERE id=?1 AND tenant=?2 AND (owner=?3 OR ?4)");
  if (query.with(which, who.tenant, who.principal, who.sees_all_owners()).next()) return read_task(query);
  if (auto done = query.status(); !done) return done.error();
  return no_such_task(which);
}

result<core::page<core::task_row>> sqlite_store::list(const core::caller& who, const core::task_filter& filter,
                                                      const core::page_request& want) {
  if (auto fit = check_limit(want); !fit) return fit.error();
  if (filter.by_status) {
    auto still = readers_.take();
    if (auto held = still.hold_still(); !held) return held.error();
    return list_by_status(*still, who, filter, want);
  }
  const auto before = core::read_id_cursor(core::cursor_of::tasks, want.cursor);
  if (!before) return before.error();
  const task_id since{filter.since ? uuid7_floor(*filter.since) : uuid_bytes{}};
  const auto db = readers_.take();
  auto query = db->prepare(list_sql(who, filter));
  query.with(*before, who.tenant);
  if (!who.sees_all_owners()) query.add(who.principal);
  if (filter.context_id) query.add(*filter.context_id);
  if (filter.parent_id) query.add(*filter.parent_id);
  if (filter.agent) query.add(*filter.agent);
  if (filter.state) query.add(core::to_string(*filter.state));
  if (filter.since) query.add(since);
  if (filter.status_since) query.add(*filter.status_since);
  if (filter.label) query.add(filter.label->first).add(filter.label->second);
  query.add(std::int64_t{want.limit} + 1);  // one more tells whether there is a next page

  core::page<core::task_row> out;
  while (query.next()) {
    if (out.items.size() == static_cast<std::size_t>(want.limit)) {
      out.next_cursor = core::id_cursor(core::cursor_of::tasks, out.items.back().id);
      break;
    }
    auto row = read_task(query);
    if (!row) return row.error();
    out.items.push_back(*std::move(row));
  }
  if (auto done = query.status(); !done) return done.error();
  return out;
}

result<std::vector<core::event_ptr>> sqlite_store::events(task_id which, std::uint64_t after, std::size_t limit) {
  const auto db = readers_.take();
  return read_events(*db, which, after, limit);
}

result<core::open_tasks> sqlite_store::open(const std::string& agent) {
  const auto db = readers_.take();
  core::open_tasks out;
  auto query = db->prepare(
      "SELECT id, context_id, tenant, owner, state, decided_seq < last_seq, unclean_stops, wake"
      " FROM tasks INDEXED BY tasks_open WHERE agent=?1 AND ended_at IS NULL ORDER BY id");
  query.with(agent);
  while (query.next()) {
    const auto state = core::task_state_from(query.text(4));
    if (!state) return fail(errc::corrupt, "task " + query.id(0).str() + ": its stored state cannot be read");
    const bool undecided = query.integer(5) != 0;
    if (undecided || query.integer(7) != 0) {
      out.wake.push_back({query.id(0), std::string{query.text(1)}, std::string{query.text(2)}, std::string{query.text(3)},
                          *state, undecided, static_cast<int>(query.integer(6))});
    } else if (!core::is_interrupted(*state)) {
      ++out.sleeping;
    }
  }
  if (auto done = query.status(); !done) return done.error();
  return out;
}

result<std::optional<task_id>> sqlite_store::busy_task(const std::string& tenant, const std::string& owner,
                                                       const std::string& agent, const std::string& context_id) {
  const auto db = readers_.take();
  auto query = db->prepare(
      "SELECT id FROM tasks INDEXED BY tasks_open WHERE agent=?1 AND tenant=?2 AND owner=?3 AND context_id=?4"
      " AND ended_at IS NULL AND state IN ('submitted', 'working') ORDER BY id LIMIT 1");
  if (query.with(agent, tenant, owner, context_id).next()) return std::optional{query.id(0)};
  if (auto done = query.status(); !done) return done.error();
  return std::optional<task_id>{};
}

result<std::vector<core::timer_row>> sqlite_store::timers(time_point until, std::size_t limit) {
  const auto db = readers_.take();
  std::vector<core::timer_row> found;
  auto query =
      db->prepare("SELECT timer_id, task, agent, due FROM timers WHERE due < ?1 ORDER BY due, task, timer_id LIMIT ?2");
  query.with(until, sql_limit(limit));
  while (query.next()) found.push_back({std::string{query.text(0)}, query.id(1), std::string{query.text(2)}, query.time(3)});
  if (auto done = query.status(); !done) return done.error();
  return found;
}

}  // namespace mofa::store
