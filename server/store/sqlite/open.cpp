#include "server/store/sqlite/open.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "server/store/sqlite/schema.hpp"
#include "server/store/sqlite/sqlite_store.hpp"

namespace mofa::store {

namespace {

// Push configurations hold credentials, tasks whatever people said. What SQLite keeps beside the database gets its mode.
// Whether there can be a file is SQLite's to say.
void make_private(const std::string& file) {
  const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made >= 0) ::close(made);
}

// What an older server or a copy has left open to others. A file of another user stays as it is: its folder lets nobody in.
void close_to_others(const std::string& file) {
  for (const auto* each : {"", "-wal", "-shm"}) {
    const auto path = file + each;
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0 && (found.st_mode & 0077) != 0) (void)::chmod(path.c_str(), found.st_mode & 0700);
  }
}

}  // namespace

result<std::unique_ptr<core::store>> open_sqlite(const std::string& file, const open_options& options) {
  make_private(file);
  auto first = connection::open(file, options, connection::access::write);
  if (!first) return named(file, first.error());
  if (auto ready = prepare_schema(file, **first); !ready) return ready.error();
  close_to_others(file);
  std::vector<std::unique_ptr<connection>> readers;
  for (int i = 0; i < std::max(options.readers, 1); ++i) {
    auto reader = connection::open(file, options, connection::access::read);
    if (!reader) return named(file, reader.error());
    readers.push_back(*std::move(reader));
  }
  auto writes = std::make_unique<writer>(file, options, *std::move(first));
  return std::unique_ptr<core::store>{std::make_unique<sqlite_store>(std::move(writes), std::move(readers))};
}

}  // namespace mofa::store
