#include "server/store/sqlite/deletion.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "server/store/sqlite/sqlite_store.hpp"

namespace mofa::store {
namespace {

struct family {
  std::vector<task_id> members;  ///< parents before their children
  bool all_ended = true;
};

/// Adds the descendants of what is in `into` already. With `only_ended`, an open child and its family are left out.
result<void> add_descendants(connection& db, family& into, bool only_ended) {
  for (std::size_t at = 0; at < into.members.size(); ++at) {
    const task_id parent = into.members[at];
    auto query = db.prepare("SELECT id, ended_at FROM tasks WHERE parent_id=?1");
    query.with(parent);
    while (query.next()) {
      const bool ended = !query.is_null(1);
      if (!ended) into.all_ended = false;
      if (ended || !only_ended) into.members.push_back(query.id(0));
    }
    if (auto done = query.status(); !done) return done;
  }
  return {};
}

/// A context is what its tasks say: without any, it is gone, and with it what was remembered.
constexpr std::string_view forget_without_tasks =
    "DELETE FROM context_memory AS m WHERE NOT EXISTS (SELECT 1 FROM tasks AS t INDEXED BY tasks_by_context"
    " WHERE t.tenant = m.tenant AND t.context_id = m.context_id AND t.owner = m.owner)";

struct memory_owner {
  std::string tenant, owner, context_id;
};

/// Empty when there is no such task.
result<std::optional<memory_owner>> memory_beside(connection& db, const task_id& which) {
  auto query = db.prepare("SELECT tenant, owner, context_id FROM tasks WHERE id=?1");
  if (query.with(which).next())
    return std::optional{memory_owner{std::string{query.text(0)}, std::string{query.text(1)}, std::string{query.text(2)}}};
  if (auto done = query.status(); !done) return done.error();
  return std::optional<memory_owner>{};
}

result<void> forget(connection& db, const memory_owner& of) {
  static const auto sql = std::string{forget_without_tasks} + " AND m.tenant=?1 AND m.owner=?2 AND m.context_id=?3";
  return db.prepare(sql).with(of.tenant, of.owner, of.context_id).run();
}

/// Whether the task was there.
result<bool> erase(connection& db, const task_id& which) {
  const auto beside = memory_beside(db, which);
  if (!beside) return beside.error();
  static constexpr std::string_view deletions[] = {
      "DELETE FROM events WHERE task=?1",       "DELETE FROM timers WHERE task=?1", "DELETE FROM snapshots WHERE task=?1",
      "DELETE FROM push_configs WHERE task=?1", "DELETE FROM tasks WHERE id=?1",
  };
  for (const auto sql : deletions) {
    if (auto done = db.prepare(sql).with(which).run(); !done) return done.error();
  }
  if (!*beside) return false;
  if (auto done = forget(db, **beside); !done) return done.error();
  return true;
}

result<void> erase_families(connection& db, family roots) {
  if (auto found = add_descendants(db, roots, false); !found) return found;
  if (!roots.all_ended) return fail(errc::task_not_terminal, "only ended tasks can be deleted");
  for (const auto& each : roots.members) {
    if (auto done = erase(db, each); !done) return done.error();
  }
  return {};
}

/// Old enough, ended, and not what an open parent may still look at.
constexpr std::string_view find_old =
    "SELECT id FROM tasks AS t WHERE id < ?1 AND ended_at IS NOT NULL"
    " AND ended_at < CASE state WHEN 'completed' THEN ?2 ELSE ?3 END"
    " AND NOT EXISTS (SELECT 1 FROM tasks AS p WHERE p.id = t.parent_id AND p.ended_at IS NULL)"
    " ORDER BY id LIMIT ?4";

result<std::vector<task_id>> old_tasks(connection& db, const age_bounds& bounds, std::size_t limit) {
  // What ended before a moment was made before it: the ids, which are ordered by time, bound the search.
  const task_id newest{uuid7_floor(std::max(bounds.completed_before, bounds.failed_before))};
  std::vector<task_id> found;
  auto query = db.prepare(find_old);
  query.with(newest, bounds.completed_before, bounds.failed_before, limit);
  while (query.next()) found.push_back(query.id(0));
  if (auto done = query.status(); !done) return done.error();
  return found;
}

}  // namespace

result<void> delete_task(connection& db, const core::caller& who, const task_id& which) {
  auto query = db.prepare("SELECT ended_at FROM tasks WHERE id=?1 AND tenant=?2 AND (owner=?3 OR ?4)");
  query.with(which, who.tenant, who.principal, who.sees_all_owners());
  if (!query.next()) {
    if (auto done = query.status(); !done) return done;
    return no_such_task(which);
  }
  return erase_families(db, {{which}, !query.is_null(0)});
}

result<void> delete_context(connection& db, const core::caller& who, const std::string& id) {
  const auto owner = owner_of_context(db, who, id);
  if (!owner) return owner.error();
  family roots;
  auto query = db.prepare("SELECT id, ended_at FROM tasks WHERE tenant=?1 AND context_id=?2 AND owner=?3");
  query.with(who.tenant, id, *owner);
  while (query.next()) {
    roots.members.push_back(query.id(0));
    if (query.is_null(1)) roots.all_ended = false;
  }
  if (auto done = query.status(); !done) return done;
  return erase_families(db, std::move(roots));
}

result<void> forget_lost_memory(connection& db) { return db.prepare(forget_without_tasks).run(); }

result<std::size_t> sweep_tasks(connection& db, const age_bounds& bounds, std::size_t limit) {
  for (const auto* sql : {"DELETE FROM idempotency WHERE at < ?1", "DELETE FROM idempotent_agents WHERE at < ?1"}) {
    if (auto forgotten = db.prepare(sql).with(bounds.idempotency_before).run(); !forgotten) return forgotten.error();
  }
  const auto roots = old_tasks(db, bounds, limit);
  if (!roots) return roots.error();
  std::size_t deleted = 0;
  for (const auto& root : *roots) {
    family members{{root}};
    if (auto found = add_descendants(db, members, true); !found) return found.error();
    for (auto each = members.members.rbegin(); each != members.members.rend(); ++each) {
      if (deleted >= limit) return deleted;
      // A child may have gone with its parent earlier in this sweep.
      const auto there = erase(db, *each);
      if (!there) return there.error();
      if (*there) ++deleted;
    }
  }
  return deleted;
}

}  // namespace mofa::store
