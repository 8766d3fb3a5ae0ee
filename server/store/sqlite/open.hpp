// The door of the embedded store: opens (or makes) one SQLite file and gives it as the store port.
// Called by the app at start with a file in the locked data folder; the caller owns the store.
// The opening thread; the store itself is used as its port says.
#pragma once

#include <memory>
#include <string>

#include "protocols/core/ports/store.hpp"
#include "server/base/result.hpp"

namespace mofa::store {

struct open_options {
  /// Whether a commit waits until the disk has it. `off` loses acknowledged work at a power cut; it is there to prove that.
  enum class durable { full, off };

  int readers = 4;  ///< connections for reads, so many go on at the same time; at least 1
  durable synchronous = durable::full;
  std::string vfs;              ///< name of a registered SQLite VFS; empty: the default one
  int checkpoint_pages = 4000;  ///< the write-ahead log goes to the database beyond so many pages of 4 KiB
};

/// Opens the file, makes or migrates its schema. Nobody but its owner may read it, or what SQLite keeps beside it. Errors:
///
///     invalid          <file>: not a SQLite database
///     invalid          <file>: a SQLite database of another program
///     version_too_new  <file>: schema version <n>, this binary knows up to <m>; use the newer mofa
///     io, storage_full, corrupt
result<std::unique_ptr<core::store>> open_sqlite(const std::string& file, const open_options& options = {});

}  // namespace mofa::store
