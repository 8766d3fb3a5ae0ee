// The push store on one SQLite file: who wants to be told what happens to a task, and how far that has come.
// Owned by the SQLite store, whose writer and readers it uses.
// Writes wait for each other, reads for nobody but each other's connections; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/ports/push_store.hpp"
#include "server/store/sqlite/reader_pool.hpp"
#include "server/store/sqlite/writer.hpp"

namespace mofa::store {

class sqlite_pushes final : public core::push_store {
 public:
  /// Both must outlive it.
  sqlite_pushes(writer& writes, reader_pool& readers) : writer_(writes), readers_(readers) {}

  result<void> put(const core::open_push& what, time_point now) override;
  result<core::open_push> find(task_id task, const std::string& id) override;
  result<core::page<core::push_config>> list(task_id task, const core::page_request& want) override;
  result<void> remove(task_id task, const std::string& id) override;
  result<std::vector<core::open_push>> open(const std::optional<std::pair<task_id, std::string>>& after,
                                            std::size_t limit) override;
  result<void> move(std::span<const core::push_move> to) override;

 private:
  writer& writer_;
  reader_pool& readers_;
};

/// Those of tasks that were kept in memory only, by a process that is gone.
result<void> forget_lost_pushes(connection& db);

}  // namespace mofa::store
