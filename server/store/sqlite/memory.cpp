// What agents remember of a context: the part of sqlite_store that keeps it.
#include "server/store/memory_bounds.hpp"
#include "server/store/sqlite/sqlite_store.hpp"

namespace mofa::store {
namespace {

result<void> check_room(connection& db, const core::caller& who, const std::string& context_id) {
  auto query = db.prepare("SELECT count(*) FROM context_memory WHERE tenant=?1 AND owner=?2 AND context_id=?3");
  if (query.with(who.tenant, who.principal, context_id).next()) return check_memory_room(query.integer(0));
  return query.status();
}

result<void> write_entry(connection& db, const core::caller& who, const std::string& context_id, const std::string& key,
                         const std::string& value, time_point now) {
  auto update = db.prepare(
      "UPDATE context_memory SET value=?5, updated_at=?6 WHERE tenant=?1 AND owner=?2 AND context_id=?3 AND key=?4");
  auto done = update.with(who.tenant, who.principal, context_id, key, value, now).run();
  if (!done || db.changes() > 0) return done;
  if (auto room = check_room(db, who, context_id); !room) return room;
  return db
      .prepare("INSERT INTO context_memory (tenant, owner, context_id, key, value, updated_at) VALUES (?1,?2,?3,?4,?5,?6)")
      .with(who.tenant, who.principal, context_id, key, value, now)
      .run();
}

}  // namespace

result<void> sqlite_store::memory_put(const core::caller& who, const std::string& context_id, const std::string& key,
                                      const std::optional<std::string>& value, time_point now) {
  if (auto fit = check_memory_entry(key, value ? *value : ""); !fit) return fit;
  return writer_->transact([&](connection& db) -> result<void> {
    if (value) return write_entry(db, who, context_id, key, *value, now);
    return db.prepare("DELETE FROM context_memory WHERE tenant=?1 AND owner=?2 AND context_id=?3 AND key=?4")
        .with(who.tenant, who.principal, context_id, key)
        .run();
  });
}

result<std::optional<std::string>> sqlite_store::memory_get(const core::caller& who, const std::string& context_id,
                                                            const std::string& key) {
  auto db = readers_.take();
  auto query = db->prepare("SELECT value FROM context_memory WHERE tenant=?1 AND owner=?2 AND context_id=?3 AND key=?4");
  if (query.with(who.tenant, who.principal, context_id, key).next()) return std::optional{std::string{query.text(0)}};
  if (auto done = query.status(); !done) return done.error();
  return std::optional<std::string>{};
}

}  // namespace mofa::store
