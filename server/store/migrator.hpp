// The migrator: brings a database to the schema that this binary knows, forward only, one transaction for each step.
// Called by a backend when it opens; owned by nobody.
// Pure logic over a target; the thread that opens the store.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/base/result.hpp"

namespace mofa::store {

/// One step, from version-1 to version.
struct migration {
  int version = 0;        ///< 1, 2, 3 … without holes
  std::string_view name;  ///< "journal" of 0001_journal.sql
  std::string_view sql;
};

/// migrations/sqlite, embedded at build time; in order.
std::span<const migration> sqlite_migrations();

/// A database as the migrator sees it.
class migration_target {
 public:
  virtual ~migration_target() = default;
  /// How errors call it: the file or the URL without secrets.
  virtual std::string name() const = 0;
  /// The version that it has; 0: empty.
  virtual result<int> version() = 0;
  /// Runs the step and records its version: all or nothing.
  virtual result<void> apply(const migration& step) = 0;
};

/// Applies what is missing. A newer database is refused untouched: version_too_new.
result<void> migrate(migration_target& target, std::span<const migration> steps);

}  // namespace mofa::store
