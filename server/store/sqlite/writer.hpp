// The writer: the one connection that changes the database, and the only way to a transaction.
// Owned by the SQLite store.
// Any thread; one at a time, the others wait.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "server/base/result.hpp"
#include "server/store/sqlite/connection.hpp"

namespace mofa::store {

class writer {
 public:
  /// Takes over a connection that is open already.
  writer(std::string file, open_options options, std::unique_ptr<connection> first);

  /// Runs `body` in one transaction and makes it durable. Any failure, of body or commit, means that nothing was written,
  /// except unknown_outcome; the next call is as good as the first.
  result<void> transact(const std::function<result<void>(connection&)>& body);

  const std::string& file() const { return file_; }

 private:
  result<void> begin();
  /// Makes sure that a commit that failed can not come back after a crash.
  result<void> fence();

  const std::string file_;
  const open_options options_;
  std::mutex mutex_;
  std::unique_ptr<connection> db_;  ///< empty after a failure from which it could not recover; then opened again
};

}  // namespace mofa::store
