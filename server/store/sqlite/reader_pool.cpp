#include "server/store/sqlite/reader_pool.hpp"

#include <utility>

namespace mofa::store {

reader_pool::reader_pool(std::vector<std::unique_ptr<connection>> all) : all_(std::move(all)) {
  for (const auto& each : all_) free_.push_back(each.get());
}

reader_pool::lease reader_pool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !free_.empty(); });
  connection* const taken = free_.back();
  free_.pop_back();
  return {*this, *taken};
}

reader_pool::lease::~lease() {
  held_.roll_back();
  {
    const std::lock_guard lock(pool_.mutex_);
    pool_.free_.push_back(&held_);
  }
  pool_.returned_.notify_one();
}

result<void> reader_pool::lease::hold_still() { return held_.prepare("BEGIN").run(); }

}  // namespace mofa::store
