// Definitions of agents and their versions: the part of sqlite_store that keeps them.
#include "server/store/sqlite/sqlite_store.hpp"

namespace mofa::store {

result<int> sqlite_store::put_definition(const std::string& name, const std::string& body, const std::string& hash,
                                         time_point now) {
  int version = 0;
  auto done = writer_->transact([&](connection& db) -> result<void> {
    auto newest = db.prepare("SELECT version, hash FROM definitions WHERE name=?1 ORDER BY version DESC LIMIT 1");
    if (newest.with(name).next()) {
      version = static_cast<int>(newest.integer(0));
      if (newest.text(1) == hash) return {};
    }
    if (auto read = newest.status(); !read) return read;
    auto insert = db.prepare("INSERT INTO definitions (name, version, body, hash, created_at) VALUES (?1,?2,?3,?4,?5)");
    return insert.with(name, ++version, body, hash, now).run();
  });
  if (!done) return done.error();
  return version;
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
    if (!mark) return db.prepare("DELETE FROM agents WHERE name=?1").with(name).run();
    const std::string text = *mark == core::agent_mark::kept ? "kept" : "leaving";
    return db.prepare("INSERT INTO agents (name, mark) VALUES (?1,?2) ON CONFLICT (name) DO UPDATE SET mark=excluded.mark")
        .with(name, text)
        .run();
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
