#include "server/store/sqlite/sqlite_store.hpp"

#include <utility>

#include "server/store/sqlite/append.hpp"
#include "server/store/sqlite/deletion.hpp"
#include "server/store/sqlite/schema.hpp"

namespace mofa::store {

namespace {

/// A group beyond this is not worth keeping in memory: it would take the place of what is needed again.
constexpr std::size_t large_group_bytes = 1024 * 1024;
constexpr int large_group_pages_kibibytes = 1'000;

std::size_t event_bytes(std::span<const core::append_unit> units) {
  std::size_t out = 0;
  for (const auto& unit : units) {
    for (const auto& event : unit.events) out += event ? event->data.size() : 0;
  }
  return out;
}

}  // namespace

sqlite_store::sqlite_store(std::unique_ptr<writer> writes, std::vector<std::unique_ptr<connection>> readers)
    : writer_(std::move(writes)), readers_(std::move(readers)), topics_(*writer_, readers_), pushes_(*writer_, readers_) {}

result<std::uint64_t> sqlite_store::acquire_ownership() {
  const std::lock_guard lock(epoch_mutex_);
  std::uint64_t next = 0;
  auto done = writer_->transact([&next](connection& db) -> result<void> {
    const auto last = read_ownership(db);
    if (!last) return last.error();
    next = last->epoch + 1;
    if (!last->released) {
      auto counted = db.prepare(
                           "UPDATE tasks SET unclean_stops = unclean_stops + 1"
                           " WHERE ended_at IS NULL AND decided_seq < last_seq")
                         .run();
      if (!counted) return counted;
    }
    if (auto forgotten = forget_lost_memory(db); !forgotten) return forgotten;
    if (auto forgotten = forget_lost_pushes(db); !forgotten) return forgotten;
    return db.prepare("UPDATE meta SET epoch = ?1, clean = 0").with(next).run();
  });
  if (!done) return named(writer_->file(), done.error());
  epoch_ = next;
  return next;
}

result<void> sqlite_store::release_ownership() {
  const std::lock_guard lock(epoch_mutex_);
  return writer_->transact([this](connection& db) -> result<void> {
    auto done = db.prepare("UPDATE meta SET clean = 1 WHERE epoch = ?1 AND epoch > 0").with(epoch_).run();
    if (done && db.changes() == 0) return fail(errc::conflict, "not the owner of the store");
    return done;
  });
}

std::vector<core::append_outcome> sqlite_store::append(std::span<const core::append_unit> units) {
  std::vector<core::append_outcome> outcomes(units.size());
  if (units.empty()) return outcomes;
  const auto done = writer_->transact([&](connection& db) -> result<void> {
    const auto now = read_ownership(db);
    if (!now) return now.error();
    db.keep_pages(event_bytes(units) > large_group_bytes ? large_group_pages_kibibytes : writer_pages_kibibytes);
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (auto written = append_one(db, *now, units[i], outcomes[i]); !written) return written;
    }
    return {};
  });
  if (!done) outcomes.assign(units.size(), done);
  return outcomes;
}

result<void> sqlite_store::remove(const core::caller& who, task_id which) {
  return writer_->transact([&](connection& db) { return delete_task(db, who, which); });
}

result<void> sqlite_store::remove_context(const core::caller& who, const std::string& id) {
  return writer_->transact([&](connection& db) { return delete_context(db, who, id); });
}

result<std::size_t> sqlite_store::sweep(time_point completed_before, time_point failed_before, time_point idempotency_before,
                                        std::size_t limit) {
  std::size_t deleted = 0;
  auto done = writer_->transact([&](connection& db) -> result<void> {
    const auto swept = sweep_tasks(db, {completed_before, failed_before, idempotency_before}, limit);
    if (!swept) return swept.error();
    deleted = *swept;
    return {};
  });
  if (!done) return done.error();
  return deleted;
}

}  // namespace mofa::store
