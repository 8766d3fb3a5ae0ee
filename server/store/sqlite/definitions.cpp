// Definitions of agents and their versions: the part of sqlite_store that keeps them.
#include "server/store/sqlite/sqlite_store.hpp"

namespace mofa::store {
namespace {

/// The version: a new one unless the newest has the same hash.
result<int> write_definition(connection& db, const std::string& name, const std::string& body, const std::string& hash,
                             time_point now) {
  int version = 0;
  auto newest = db.prepare("SELECT version, hash FROM definitions WHERE name=?1 ORDER BY version DESC LIMIT 1");
  if (newest.with(name).next()) {
    version = static_cast<int>(newest.integer(0));
    if (newest.text(1) == hash) return version;
  }
  if (auto read = newest.status(); !read) return read.error();
  auto insert = db.prepare("INSERT INTO definitions (name, version, body, hash, created_at) VALUES (?1,?2,?3,?4,?5)");
  if (auto done = insert.with(name, ++version, body, hash, now).run(); !done) return done.error();
  return version;
}

result<void> write_mark(connection& db, const std::string& name, core::agent_mark mark) {
  const std::string text = mark == core::agent_mark::kept ? "kept" : "leaving";
  return db.prepare("INSERT INTO agents (name, mark) VALUES (?1,?2) ON CONFLICT (name) DO UPDATE SET mark=excluded.mark")
      .with(name, text)
      .run();
}

result<std::optional<core::agent_hit>> find_agent_key(connection& db, const std::string& tenant,
                                                      const std::string& principal, const std::string& operation,
                                                      const std::string& key) {
  auto query = db.prepare(
      "SELECT agent, version, body_hash FROM idempotent_agents WHERE tenant=?1 AND principal=?2 AND operation=?3 AND "
      "key=?4");
  query.with(tenant, principal, operation, key);
  if (query.next())
    return std::optional{
        core::agent_hit{std::string{query.text(0)}, static_cast<int>(query.integer(1)), std::string{query.text(2)}}};
  if (auto done = query.status(); !done) return done.error();
  return std::optional<core::agent_hit>{};
}

result<void> check_agent_key(connection& db, const core::idempotency_record& record) {
  const auto& once = record.once;
  const auto hit = find_agent_key(db, record.tenant, record.principal, once.operation, once.key);
  if (!hit) return hit.error();
  if (!*hit) return {};
  return (*hit)->body_hash == once.body_hash
             ? fail(errc::conflict, "the idempotency key made agent '" + (*hit)->name + "' already")
             : fail(errc::idempotency_mismatch, "the idempotency key was used with another body");
}

result<void> write_agent_key(connection& db, const core::idempotency_record& record, const std::string& agent, int version) {
  auto write = db.prepare(
      "INSERT INTO idempotent_agents (tenant, principal, operation, key, agent, version, body_hash, at)"
      " VALUES (?1,?2,?3,?4,?5,?6,?7,?8)");
  const auto& once = record.once;
  return write.with(record.tenant, record.principal, once.operation, once.key, agent, version, once.body_hash, record.at)
      .run();
}

}  // namespace

result<int> sqlite_store::put_definition(const std::string& name, const std::string& body, const std::string& hash,
                                         time_point now) {
  result<int> version = 0;
  auto done = writer_->transact([&](connection& db) -> result<void> {
    version = write_definition(db, name, body, hash, now);
    return version ? result<void>{} : version.error();
  });
  if (!done) return done.error();
  return version;
}

result<int> sqlite_store::keep_agent(const std::string& name, const std::string& body, const std::string& hash,
                                     const std::optional<core::idempotency_record>& once, time_point now) {
  result<int> version = 0;
  auto done = writer_->transact([&](connection& db) -> result<void> {
    if (once) {
      if (auto free = check_agent_key(db, *once); !free) return free;
    }
    version = write_definition(db, name, body, hash, now);
    if (!version) return version.error();
    if (auto marked = write_mark(db, name, core::agent_mark::kept); !marked) return marked;
    return once ? write_agent_key(db, *once, name, *version) : result<void>{};
  });
  if (!done) return done.error();
  return version;
}

result<std::optional<core::agent_hit>> sqlite_store::find_agent(const std::string& tenant, const std::string& principal,
                                                                const std::string& operation, const std::string& key) {
  const auto db = readers_.take();
  return find_agent_key(*db, tenant, principal, operation, key);
}

result<core::stored_definition> sqlite_store::definition(const std::string& name, int version) {
  const auto db = readers_.take();
  auto query = db->prepare("SELECT body, hash, created_at FROM definitions WHERE name=?1 AND version=?2");
  if (query.with(name, version).next()) {
    return core::stored_definition{name, version, std::string{query.text(0)}, std::string{query.text(1)}, query.time(2)};
  }
  if (auto done = query.status(); !done) return done.error();
  return fail(errc::not_found, "agent '" + name + "' has no version " + std::to_string(version));
}

result<std::vector<core::stored_definition>> sqlite_store::definition_versions(const std::string& name) {
  const auto db = readers_.take();
  std::vector<core::stored_definition> found;
  auto query = db->prepare("SELECT version, hash, created_at FROM definitions WHERE name=?1 ORDER BY version DESC");
  query.with(name);
  while (query.next()) {
    found.push_back({name, static_cast<int>(query.integer(0)), {}, std::string{query.text(1)}, query.time(2)});
  }
  if (auto done = query.status(); !done) return done.error();
  return found;
}

result<bool> sqlite_store::has_open_tasks(const std::string& agent) {
  const auto db = readers_.take();
  auto query = db->prepare("SELECT 1 FROM tasks WHERE agent=?1 AND ended_at IS NULL LIMIT 1");
  if (query.with(agent).next()) return true;
  if (auto done = query.status(); !done) return done.error();
  return false;
}

result<void> sqlite_store::mark_agent(const std::string& name, std::optional<core::agent_mark> mark) {
  return writer_->transact([&](connection& db) -> result<void> {
    if (mark) return write_mark(db, name, *mark);
    // Another agent may take its name: the keys that made this one say that it is gone.
    auto let_go = db.prepare("UPDATE idempotent_agents SET version=0 WHERE agent=?1").with(name).run();
    if (!let_go) return let_go;
    return db.prepare("DELETE FROM agents WHERE name=?1").with(name).run();
  });
}

result<std::vector<core::marked_agent>> sqlite_store::marked_agents() {
  const auto db = readers_.take();
  std::vector<core::marked_agent> found;
  auto query = db->prepare(
      "SELECT a.name, a.mark, d.version, d.body, d.hash, d.created_at FROM agents AS a JOIN definitions AS d ON d.name = "
      "a.name"
      " WHERE d.version = (SELECT max(version) FROM definitions WHERE name = a.name) ORDER BY a.name");
  query.with();
  while (query.next()) {
    core::marked_agent one;
    one.newest = {std::string{query.text(0)}, static_cast<int>(query.integer(2)), std::string{query.text(3)},
                  std::string{query.text(4)}, query.time(5)};
    one.mark = query.text(1) == "kept" ? core::agent_mark::kept : core::agent_mark::leaving;
    found.push_back(std::move(one));
  }
  if (auto done = query.status(); !done) return done.error();
  return found;
}

}  // namespace mofa::store
