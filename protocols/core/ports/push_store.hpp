// The port where push configurations are kept, each with the number of the last event that was delivered. A part of the
// store. Implemented by each backend, asked by the deliveries and their front through the storage room's readers. Functions
// block (they do I/O) and never throw; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/caller.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/push.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

/// What becomes of a configuration.
enum class push_fate {
  open,      ///< nothing: what it is, it stays
  done,      ///< it was told all that there will be
  given_up,  ///< it is told nothing more, and not shown: it is kept for one of its id that replaces it
  gone,      ///< it is removed
};

/// How far a configuration has come.
struct push_move {
  task_id task;
  std::string id;
  push_edition edition;  ///< the one that has come so far
  std::uint64_t cursor = 0;
  push_fate fate = push_fate::open;
};

class push_store {
 public:
  virtual ~push_store() = default;

  /// Keeps the configuration, durable before it returns; one of the same id is replaced, goes on from its own cursor, and
  /// is open again if it was done or given up. A new one begins behind `what.cursor`. Each time it is another edition. Tasks
  /// that are kept in memory only have no row here: whoever asks has checked that the caller may see the task. Errors:
  /// limit_exceeded (limits::push_configs_max of one task; those that were given up make room first).
  virtual result<void> put(const open_push& what, time_point now) = 0;
  /// Error not_found, also for one that was given up.
  virtual result<open_push> find(task_id task, const std::string& id) = 0;
  /// By id, ascending, without those that were given up; the cursor is the last id of the page before.
  virtual result<page<push_config>> list(task_id task, const page_request& want) = 0;
  /// Success also when there was none.
  virtual result<void> remove(task_id task, const std::string& id) = 0;

  /// Those that are neither done nor given up, with (task, id) greater than `after`, at most `limit`, ascending.
  virtual result<std::vector<open_push>> open(const std::optional<std::pair<task_id, std::string>>& after,
                                              std::size_t limit) = 0;
  /// All in one transaction. Cursors go forward only. One that was made again meanwhile (another row) stays as it is, one
  /// that was renewed keeps its cursor's move and none of its fate, one that is not there stays away.
  virtual result<void> move(std::span<const push_move> to) = 0;
};

}  // namespace mofa::core
