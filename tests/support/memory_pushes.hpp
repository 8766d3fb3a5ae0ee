// The memory of pushes: the port of push configurations without a disk, for tests of the deliveries.
// Owned by a memory_store; tests look into it and make it refuse.
// Not thread-safe: one test, one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "protocols/core/ports/push_store.hpp"

namespace mofa::test {

class memory_pushes final : public core::push_store {
 public:
  using key = std::pair<task_id, std::string>;
  std::map<key, core::open_push> rows;
  std::set<key> given_up;        ///< of the rows, which are done as well
  std::size_t moves = 0;         ///< calls of move()
  std::optional<error> refusal;  ///< of everything that is asked

  result<void> put(const core::open_push& what, time_point now) override;
  result<core::open_push> find(task_id task, const std::string& id) override;
  result<core::page<core::push_config>> list(task_id task, const core::page_request& want) override;
  result<void> remove(task_id task, const std::string& id) override;
  result<std::vector<core::open_push>> open(const std::optional<std::pair<task_id, std::string>>& after,
                                            std::size_t limit) override;
  result<void> move(std::span<const core::push_move> to) override;

 private:
  std::int64_t made_ = 0;
};

}  // namespace mofa::test
