// The reader pool: a few connections that read while the writer writes; each read sees one committed state.
// Owned by the SQLite store.
// Any thread; a lease belongs to one thread and waits when all connections are out.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "server/base/result.hpp"
#include "server/store/sqlite/connection.hpp"

namespace mofa::store {

class reader_pool {
 public:
  /// A connection for one read; goes back at the end of its life.
  class lease {
   public:
    lease(reader_pool& pool, connection& held) : pool_(pool), held_(held) {}
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease();
    connection& operator*() const { return held_; }
    connection* operator->() const { return &held_; }
    /// All statements until the end of the lease see the same state.
    result<void> hold_still();

   private:
    reader_pool& pool_;
    connection& held_;
  };

  explicit reader_pool(std::vector<std::unique_ptr<connection>> all);
  lease take();

 private:
  std::vector<std::unique_ptr<connection>> all_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<connection*> free_;
};

}  // namespace mofa::store
