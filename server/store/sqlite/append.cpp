#include "server/store/sqlite/append.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "server/store/sqlite/task_columns.hpp"

namespace mofa::store {
namespace {

using core::append_outcome;
using core::append_unit;

constexpr std::string_view insert_task =
    "INSERT INTO tasks (state, code, message, status_at, priority, updated_at, input_tokens, output_tokens, cost_microusd,"
    " model_calls, tool_calls, labels, last_seq, decided_seq, wake, ended_at, id, tenant, owner, agent, agent_version, "
    "context_id,"
    " parent_id, created_at, durability, unclean_stops)"
    " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25,0)"
    " ON CONFLICT (id) DO NOTHING";

#define MOFA_CHANGED_COLUMNS                                                                                    \
  "state=?1, code=?2, message=?3, status_at=?4, priority=?5, updated_at=?6, input_tokens=?7, output_tokens=?8," \
  " cost_microusd=?9, model_calls=?10, tool_calls=?11, labels=?12, last_seq=?13, decided_seq=?14, wake=?15,"    \
  " unclean_stops=CASE WHEN ?14 >= ?13 THEN 0 ELSE unclean_stops END"

// Does not name ended_at: the entry in the index of open tasks stays as it is.
constexpr std::string_view update_open_task =
    "UPDATE tasks SET " MOFA_CHANGED_COLUMNS " WHERE id=?16 AND last_seq=?17 AND ended_at IS NULL";
constexpr std::string_view update_ended_task =
    "UPDATE tasks SET " MOFA_CHANGED_COLUMNS ", ended_at=?18 WHERE id=?16 AND last_seq=?17";

/// A unit that contradicts itself is a defect of its maker.
std::optional<error> check_shape(const append_unit& unit) {
  const auto defect = [&unit](const char* what) {
    return fail(errc::internal, "append to " + unit.row.id.str() + ": " + what);
  };
  std::uint64_t seq = unit.expected_seq;
  for (const auto& event : unit.events) {
    if (!event || event->seq != ++seq) return defect("its events are not numbered without holes");
    if (event->task != unit.row.id) return defect("an event of another task");
  }
  if (unit.row.last_seq != seq) return defect("the row has another last number than the events");
  if (seq == 0) return defect("a new task without events");
  return std::nullopt;
}

result<void> check_key(connection& db, const core::idempotency_record& record, append_outcome& outcome) {
  auto hit = find_key(db, record.tenant, record.principal, record.once.operation, record.once.key);
  if (!hit) return hit.error();
  if (!*hit) return {};
  const bool same = (*hit)->body_hash == record.once.body_hash;
  outcome = same ? fail(errc::conflict, "the idempotency key made task " + (*hit)->task.str() + " already")
                 : fail(errc::idempotency_mismatch, "the idempotency key was used with another body");
  return {};
}

/// Whether the row was there as expected, and is now as the unit says.
result<bool> write_row(connection& db, const append_unit& unit) {
  const core::task_row& row = unit.row;
  const bool ended = core::is_terminal(row.status.state);
  const bool fresh = unit.expected_seq == 0;
  const auto message = message_text(row.status.message);
  const auto labels = labels_text(row.labels);

  auto write = db.prepare(fresh ? insert_task : ended ? update_ended_task : update_open_task);
  write.with(core::to_string(row.status.state), row.status.code, message, row.status.timestamp,
             core::to_string(row.priority), row.updated_at, row.usage.input_tokens, row.usage.output_tokens,
             row.usage.cost_microusd, row.usage.model_calls, row.usage.tool_calls, labels, row.last_seq, row.decided_seq,
             row.wake);
  if (fresh) {
    ended ? write.add(row.status.timestamp) : write.add(nullptr);
    write.add(row.id).add(row.tenant).add(row.owner).add(row.agent).add(row.agent_version).add(row.context_id);
    write.add(row.parent_id).add(row.created_at).add(row.durability == core::durability::sync ? 0 : 1);
  } else {
    write.add(row.id).add(unit.expected_seq);
    if (ended) write.add(row.status.timestamp);
  }
  if (auto done = write.run(); !done) return done.error();
  return db.changes() == 1;
}

result<void> write_events(connection& db, const append_unit& unit) {
  for (const auto& event : unit.events) {
    auto write = db.prepare("INSERT INTO events (" MOFA_EVENT_COLUMNS ") VALUES (?1,?2,?3,?4,?5,?6)");
    write.with(event->task, event->seq, event->kind, event->version, event->at, event->data);
    if (auto done = write.run(); !done) return done;
  }
  return {};
}

result<void> write_timers(connection& db, const append_unit& unit) {
  if (core::is_terminal(unit.row.status.state)) {
    if (unit.expected_seq == 0) return {};
    return db.prepare("DELETE FROM timers WHERE task=?1").with(unit.row.id).run();
  }
  for (const auto& timer : unit.timers_set) {
    auto write = db.prepare("INSERT OR REPLACE INTO timers (task, timer_id, agent, due) VALUES (?1,?2,?3,?4)");
    if (auto done = write.with(unit.row.id, timer.timer_id, timer.agent, timer.due).run(); !done) return done;
  }
  // After the new ones: a unit may set a timer and cancel it.
  for (const auto& timer_id : unit.timers_cleared) {
    auto write = db.prepare("DELETE FROM timers WHERE task=?1 AND timer_id=?2");
    if (auto done = write.with(unit.row.id, timer_id).run(); !done) return done;
  }
  return {};
}

result<void> write_key(connection& db, const append_unit& unit) {
  const auto& record = *unit.idempotency;
  auto write = db.prepare(
      "INSERT INTO idempotency (tenant, principal, operation, key, task, body_hash, at) VALUES (?1,?2,?3,?4,?5,?6,?7)");
  write.with(record.tenant, record.principal, record.once.operation, record.once.key, unit.row.id, record.once.body_hash,
             record.at);
  return write.run();
}

result<void> write_snapshot(connection& db, const append_unit& unit) {
  auto write = db.prepare("INSERT OR REPLACE INTO snapshots (task, seq, body) VALUES (?1,?2,?3)");
  return write.with(unit.row.id, unit.snapshot->seq, unit.snapshot->body).run();
}

}  // namespace

result<ownership> read_ownership(connection& db) {
  auto query = db.prepare("SELECT epoch, clean FROM meta");
  if (query.next()) return ownership{static_cast<std::uint64_t>(query.integer(0)), query.integer(1) != 0};
  if (auto done = query.status(); !done) return done.error();
  return fail(errc::corrupt, "the row of meta is missing");
}

result<std::optional<core::idempotent_hit>> find_key(connection& db, const std::string& tenant, const std::string& principal,
                                                     const std::string& operation, const std::string& key) {
  auto query =
      db.prepare("SELECT task, body_hash FROM idempotency WHERE tenant=?1 AND principal=?2 AND operation=?3 AND key=?4");
  query.with(tenant, principal, operation, key);
  if (query.next()) return std::optional{core::idempotent_hit{query.id(0), std::string{query.text(1)}}};
  if (auto done = query.status(); !done) return done.error();
  return std::optional<core::idempotent_hit>{};
}

result<void> append_one(connection& db, const ownership& now, const append_unit& unit, append_outcome& outcome) {
  if (auto defect = check_shape(unit)) {
    outcome = *std::move(defect);
    return {};
  }
  if (now.released || unit.epoch != now.epoch) {
    outcome = fail(errc::conflict, now.released ? "the store was released" : "another owner took over");
    return {};
  }
  if (unit.idempotency) {
    if (auto asked = check_key(db, *unit.idempotency, outcome); !asked || !outcome) return asked;
  }
  const auto written = write_row(db, unit);
  if (!written) return written.error();
  if (!*written) {
    outcome = fail(errc::conflict, "task " + unit.row.id.str() + " is not at event " + std::to_string(unit.expected_seq));
    return {};
  }
  if (auto done = write_events(db, unit); !done) return done;
  if (auto done = write_timers(db, unit); !done) return done;
  if (unit.idempotency) {
    if (auto done = write_key(db, unit); !done) return done;
  }
  if (unit.snapshot) return write_snapshot(db, unit);
  return {};
}

}  // namespace mofa::store
