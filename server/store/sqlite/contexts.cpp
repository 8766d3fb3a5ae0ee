// Contexts, which are derived from their tasks: the part of sqlite_store that reads them.
#include <utility>

#include "protocols/core/cursor.hpp"
#include "server/store/sqlite/sqlite_store.hpp"
#include "server/store/sqlite/task_columns.hpp"

namespace mofa::store {
namespace {

/// A context stands where its newest task stands: a task that has a newer one beside it is passed over.
constexpr std::string_view find_contexts =
    "SELECT id, context_id, owner FROM tasks AS t WHERE id < ?1 AND +tenant = ?2 AND (+owner = ?3 OR ?4)"
    " AND NOT EXISTS (SELECT 1 FROM tasks AS n INDEXED BY tasks_by_context WHERE n.tenant = t.tenant"
    "  AND n.context_id = t.context_id AND n.owner = t.owner AND n.id > t.id)"
    " ORDER BY id DESC LIMIT ?5";

/// A message may also come with a change of status.
constexpr std::string_view find_messages =
    "SELECT e.task, e.seq, e.kind, e.version, e.at, e.data FROM tasks AS t INDEXED BY tasks_by_context"
    " CROSS JOIN events AS e ON e.task = t.id"
    " WHERE t.tenant = ?1 AND t.context_id = ?2 AND t.owner = ?3"
    " AND (e.kind IN ('submitted', 'message_received', 'message_added', 'replied')"
    "  OR (e.kind = 'status_changed' AND CASE WHEN json_valid(e.data) THEN json_type(e.data, '$.message') = 'object' END))"
    " AND (e.at, e.task, e.seq) < (?4, ?5, ?6)"
    " ORDER BY e.at DESC, e.task DESC, e.seq DESC LIMIT ?7";

error no_such_context(const std::string& id) { return fail(errc::not_found, "no context '" + id + "'"); }

result<core::context_info> read_context(connection& db, const std::string& tenant, const std::string& owner,
                                        const std::string& id) {
  auto query = db.prepare(
      "SELECT min(created_at), max(updated_at), count(*) FROM tasks INDEXED BY tasks_by_context"
      " WHERE tenant=?1 AND context_id=?2 AND owner=?3");
  if (query.with(tenant, id, owner).next() && query.integer(2) > 0) {
    return core::context_info{id, query.time(0), query.time(1), query.integer(2)};
  }
  if (auto done = query.status(); !done) return done.error();
  return no_such_context(id);
}

}  // namespace

result<std::string> owner_of_context(connection& db, const core::caller& who, const std::string& id) {
  auto query = db.prepare(
      "SELECT owner FROM tasks INDEXED BY tasks_by_context WHERE tenant=?1 AND context_id=?2 AND (owner=?3 OR ?4)"
      " ORDER BY owner=?3 DESC, id DESC LIMIT 1");
  if (query.with(who.tenant, id, who.principal, who.sees_all_owners()).next()) return std::string{query.text(0)};
  if (auto done = query.status(); !done) return done.error();
  return no_such_context(id);
}

result<core::page<core::context_info>> sqlite_store::contexts(const core::caller& who, const core::page_request& want) {
  if (auto fit = check_limit(want); !fit) return fit.error();
  const auto before = core::read_id_cursor(core::cursor_of::contexts, want.cursor);
  if (!before) return before.error();
  auto db = readers_.take();
  if (auto held = db.hold_still(); !held) return held.error();
  core::page<core::context_info> out;
  task_id last;
  auto query = db->prepare(find_contexts);
  query.with(*before, who.tenant, who.principal, who.sees_all_owners(), std::int64_t{want.limit} + 1);
  while (query.next()) {
    if (out.items.size() == static_cast<std::size_t>(want.limit)) {
      out.next_cursor = core::id_cursor(core::cursor_of::contexts, last);
      break;
    }
    last = query.id(0);
    auto info = read_context(*db, who.tenant, std::string{query.text(2)}, std::string{query.text(1)});
    if (!info) return info.error();
    out.items.push_back(*std::move(info));
  }
  if (auto done = query.status(); !done) return done.error();
  return out;
}

result<core::context_info> sqlite_store::context(const core::caller& who, const std::string& id) {
  auto db = readers_.take();
  if (auto held = db.hold_still(); !held) return held.error();
  const auto owner = owner_of_context(*db, who, id);
  if (!owner) return owner.error();
  return read_context(*db, who.tenant, *owner, id);
}

result<core::page<core::event_ptr>> sqlite_store::context_events(const core::caller& who, const std::string& id,
                                                                 const core::page_request& want) {
  if (auto fit = check_limit(want); !fit) return fit.error();
  const auto before = core::read_message_cursor(want.cursor);
  if (!before) return before.error();
  auto db = readers_.take();
  if (auto held = db.hold_still(); !held) return held.error();
  const auto owner = owner_of_context(*db, who, id);
  if (!owner) return owner.error();
  core::page<core::event_ptr> out;
  auto query = db->prepare(find_messages);
  query.with(who.tenant, id, *owner, before->at, before->task, before->seq, std::int64_t{want.limit} + 1);
  while (query.next()) {
    if (out.items.size() == static_cast<std::size_t>(want.limit)) {
      const auto& last = *out.items.back();
      out.next_cursor = core::message_cursor({last.at, last.task, last.seq});
      break;
    }
    out.items.push_back(read_event(query));
  }
  if (auto done = query.status(); !done) return done.error();
  return out;
}

}  // namespace mofa::store
