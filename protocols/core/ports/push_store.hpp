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

/// How far a configuration has come.
struct push_move {
  task_id task;
  std::string id;
  std::uint64_t cursor = 0;
  bool done = false;
};

class push_store {
 public:
  virtual ~push_store() = default;

  /// Keeps the configuration, durable before it returns; one of the same id is replaced, goes on from its own cursor, and
  /// is open again if it was done. A new one begins behind `what.cursor`. Tasks that are kept in memory only have no row
  /// here: whoever asks has checked that the caller may see the task. Errors: limit_exceeded (limits::push_configs_max of
  /// one task).
  virtual result<void> put(const open_push& what, time_point now) = 0;
  /// Error not_found.
  virtual result<open_push> find(task_id task, const std::string& id) = 0;
  /// By id, ascending; the cursor is the last id of the page before.
  virtual result<page<push_config>> list(task_id task, const page_request& want) = 0;
  /// Success also when there was none.
  virtual result<void> remove(task_id task, const std::string& id) = 0;

  /// Those that are not done, with (task, id) greater than `after`, at most `limit`, ascending.
  virtual result<std::vector<open_push>> open(const std::optional<std::pair<task_id, std::string>>& after,
                                              std::size_t limit) = 0;
  /// All in one transaction. Cursors go forward only; `done` becomes what it says. One that is not there stays away.
  virtual result<void> move(std::span<const push_move> to) = 0;
};

}  // namespace mofa::core
