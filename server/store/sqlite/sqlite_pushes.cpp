#include "server/store/sqlite/sqlite_pushes.hpp"

#include <algorithm>
#include <limits>

#include "server/base/limits.hpp"
#include "server/store/sqlite/sqlite_store.hpp"

namespace mofa::store {
namespace {

// The column `done`: 0 has something to deliver, or may have; 1 was told all; 2 was given up.

#define MOFA_PUSH_COLUMNS \
  "task, id, url, token, scheme, credentials, dialect, tenant, owner, context_id, cursor, done, edition, renewals"

core::push_config read_config(const statement& row) {
  return {std::string{row.text(1)}, row.id(0),
          std::string{row.text(2)}, std::string{row.text(3)},
          std::string{row.text(4)}, std::string{row.text(5)},
          std::string{row.text(6)}};
}

core::open_push read_push(const statement& row) {
  return {read_config(row),
          std::string{row.text(7)},
          std::string{row.text(8)},
          std::string{row.text(9)},
          static_cast<std::uint64_t>(row.integer(10)),
          row.integer(11) != 0,
          {row.integer(12), row.integer(13)}};
}

/// Whether there was one of that id. It has something to deliver again, even if the old one was given up.
result<bool> replace(connection& db, const core::push_config& what) {
  auto update = db.prepare(
      "UPDATE push_configs SET url=?3, token=?4, scheme=?5, credentials=?6, dialect=?7, done=0, renewals=renewals+1"
      " WHERE task=?1 AND id=?2");
  update.with(what.task, what.id, what.url, what.token, what.scheme, what.credentials, what.dialect);
  if (auto done = update.run(); !done) return done.error();
  return db.changes() > 0;
}

result<bool> is_full(connection& db, const task_id& task) {
  auto query = db.prepare("SELECT count(*) FROM push_configs WHERE task=?1");
  const auto full = query.with(task).next() && query.integer(0) >= static_cast<std::int64_t>(limits::push_configs_max);
  if (auto done = query.status(); !done) return done.error();
  return full;
}

// Nobody sees those that were given up: they cannot be in anybody's way.
result<void> make_room(connection& db, const task_id& task) {
  auto full = is_full(db, task);
  if (!full) return full.error();
  if (!*full) return {};
  auto remove = db.prepare("DELETE FROM push_configs WHERE task=?1 AND done=2");
  if (auto done = remove.with(task).run(); !done) return done;
  full = is_full(db, task);
  if (!full) return full.error();
  if (!*full) return {};
  return fail(errc::limit_exceeded,
              "a task has at most " + std::to_string(limits::push_configs_max) + " push configurations; delete one first");
}

result<void> insert(connection& db, const core::open_push& what, time_point now) {
  // By chance: a number that was counted would come again when the newest row is removed.
  auto write = db.prepare("INSERT INTO push_configs (" MOFA_PUSH_COLUMNS
                          ", created_at, in_memory) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,0,random(),0,?12,"
                          "NOT EXISTS (SELECT 1 FROM tasks WHERE id=?1))");
  const auto& config = what.config;
  write.with(config.task, config.id, config.url, config.token, config.scheme, config.credentials, config.dialect);
  write.add(what.tenant).add(what.owner).add(what.context_id).add(what.cursor).add(now);
  return write.run();
}

// Names `done` only where it changes: the entry in the index of open ones stays as it is.
result<void> move_one(connection& db, const core::push_move& to) {
  auto forward = db.prepare("UPDATE push_configs SET cursor=?4 WHERE task=?1 AND id=?2 AND edition=?3 AND cursor<?4");
  if (auto moved = forward.with(to.task, to.id, to.edition.row, to.cursor).run(); !moved) return moved;
  if (to.fate == core::push_fate::open) return {};
  auto end = to.fate == core::push_fate::gone
                 ? db.prepare("DELETE FROM push_configs WHERE task=?1 AND id=?2 AND edition=?3 AND renewals=?4")
                 : db.prepare("UPDATE push_configs SET done=?5 WHERE task=?1 AND id=?2 AND edition=?3 AND renewals=?4");
  end.with(to.task, to.id, to.edition.row, to.edition.renewal);
  if (to.fate != core::push_fate::gone) end.add(std::int64_t{to.fate == core::push_fate::done ? 1 : 2});
  return end.run();
}

}  // namespace

result<void> sqlite_pushes::put(const core::open_push& what, time_point now) {
  return writer_.transact([&](connection& db) -> result<void> {
    const auto replaced = replace(db, what.config);
    if (!replaced) return replaced.error();
    if (*replaced) return {};
    if (auto room = make_room(db, what.config.task); !room) return room;
    return insert(db, what, now);
  });
}

result<core::open_push> sqlite_pushes::find(task_id task, const std::string& id) {
  const auto db = readers_.take();
  auto query = db->prepare("SELECT " MOFA_PUSH_COLUMNS " FROM push_configs WHERE task=?1 AND id=?2 AND done<>2");
  if (query.with(task, id).next()) return read_push(query);
  if (auto done = query.status(); !done) return done.error();
  return fail(errc::not_found, "task " + task.str() + ": no push configuration '" + id + "'");
}

result<core::page<core::push_config>> sqlite_pushes::list(task_id task, const core::page_request& want) {
  if (auto fit = check_limit(want); !fit) return fit.error();
  const auto db = readers_.take();
  auto query =
      db->prepare("SELECT " MOFA_PUSH_COLUMNS " FROM push_configs WHERE task=?1 AND id>?2 AND done<>2 ORDER BY id LIMIT ?3");
  query.with(task, want.cursor, std::int64_t{want.limit} + 1);  // one more tells whether there is a next page
  core::page<core::push_config> out;
  while (query.next()) {
    if (out.items.size() == static_cast<std::size_t>(want.limit)) {
      out.next_cursor = out.items.back().id;
      break;
    }
    out.items.push_back(read_config(query));
  }
  if (auto done = query.status(); !done) return done.error();
  return out;
}

result<void> sqlite_pushes::remove(task_id task, const std::string& id) {
  return writer_.transact(
      [&](connection& db) { return db.prepare("DELETE FROM push_configs WHERE task=?1 AND id=?2").with(task, id).run(); });
}

result<std::vector<core::open_push>> sqlite_pushes::open(const std::optional<std::pair<task_id, std::string>>& after,
                                                         std::size_t limit) {
  const auto from = after.value_or(std::pair<task_id, std::string>{});
  const auto most = std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max());
  const auto db = readers_.take();
  std::vector<core::open_push> out;
  auto query = db->prepare("SELECT " MOFA_PUSH_COLUMNS
                           " FROM push_configs INDEXED BY push_configs_open"
                           " WHERE done = 0 AND (task, id) > (?1, ?2) ORDER BY task, id LIMIT ?3");
  query.with(from.first, from.second, most);
  while (query.next()) out.push_back(read_push(query));
  if (auto done = query.status(); !done) return done.error();
  return out;
}

result<void> sqlite_pushes::move(std::span<const core::push_move> to) {
  if (to.empty()) return {};
  return writer_.transact([&](connection& db) -> result<void> {
    for (const auto& one : to)
      if (auto done = move_one(db, one); !done) return done;
    return {};
  });
}

result<void> forget_lost_pushes(connection& db) {
  // A task with durability none has no row, and ended with its process: nobody can ask for it, or for these, any more. The
  // row is asked for all the same: the configuration may have come before the commit of its task.
  return db
      .prepare(
          "DELETE FROM push_configs AS p INDEXED BY push_configs_in_memory"
          " WHERE in_memory = 1 AND NOT EXISTS (SELECT 1 FROM tasks AS t WHERE t.id = p.task)")
      .run();
}

}  // namespace mofa::store
