#include "tests/support/faulty_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <vector>

namespace mofa::test {
namespace {

constexpr std::size_t sector_bytes = 512;

/// A write or, without bytes, a truncation to `offset`.
struct change {
  std::size_t offset = 0;
  std::optional<std::vector<char>> bytes;
};

void apply(std::vector<char>& content, const change& what, std::size_t from, std::size_t to) {
  const std::size_t end = what.offset + to;
  if (content.size() < end) content.resize(end);
  std::copy(what.bytes->begin() + static_cast<std::ptrdiff_t>(from), what.bytes->begin() + static_cast<std::ptrdiff_t>(to),
            content.begin() + static_cast<std::ptrdiff_t>(what.offset + from));
}

void apply(std::vector<char>& content, const change& what) {
  if (what.bytes) {
    apply(content, what, 0, what.bytes->size());
  } else if (content.size() > what.offset) {
    content.resize(what.offset);
  }
}

/// One file as the disk has it, and what is still on the way there.
struct disk_file {
  std::vector<char> flushed;
  std::vector<change> pending;

  void flush() {
    for (const auto& each : pending) apply(flushed, each);
    pending.clear();
  }

  std::vector<char> surviving(survival what, std::mt19937_64& random) const {
    std::vector<char> content = flushed;
    if (what == survival::flushed) return content;
    for (const auto& each : pending) {
      if (what == survival::all || !each.bytes) {
        if (what == survival::all || random() % 2 == 0) apply(content, each);
        continue;
      }
      for (std::size_t from = 0; from < each.bytes->size(); from += sector_bytes) {
        const std::size_t to = std::min(from + sector_bytes, each.bytes->size());
        if (random() % 2 == 0) apply(content, each, from, to);
      }
    }
    return content;
  }
};

bool concerns_writes(fault what) {
  return what == fault::disk_full || what == fault::short_write || what == fault::write_error;
}

}  // namespace

struct faulty_vfs::state {
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;

  std::mutex mutex;
  std::map<std::string, disk_file> files;
  std::optional<fault> armed;
  std::uint64_t countdown = 0;
  bool for_good = false;
  bool struck = false;
  bool off = false;

  enum class operation { read, write, sync, truncate };

  /// The fault of this operation, if it has one. Call with the mutex held.
  std::optional<fault> strikes(operation what) {
    if (off) return fault::power_cut;
    if (!armed) return std::nullopt;
    const bool concerned =
        (*armed == fault::power_cut && what != operation::read) || (concerns_writes(*armed) && what == operation::write) ||
        (*armed == fault::sync_error && what == operation::sync) || (*armed == fault::read_error && what == operation::read);
    if (!concerned || (countdown > 0 && --countdown > 0)) return std::nullopt;
    if (struck && !for_good) return std::nullopt;
    struck = true;
    off = *armed == fault::power_cut;
    return armed;
  }
};

namespace {

/// What SQLite allocates for us: our part, then the real file.
struct wrapped_file {
  sqlite3_file base;
  faulty_vfs* owner;
  sqlite3_file* real;
  disk_file* tracked;  ///< nullptr for what is neither database nor log
};

wrapped_file& wrapped(sqlite3_file* file) { return *reinterpret_cast<wrapped_file*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return wrapped(file).real; }

}  // namespace

/// The functions that SQLite calls.
struct vfs_calls {
  using operation = faulty_vfs::state::operation;

  static faulty_vfs::state& state_of(sqlite3_file* file) { return *wrapped(file).owner->state_; }
  static faulty_vfs::state& state_of(sqlite3_vfs* vfs) { return *static_cast<faulty_vfs*>(vfs->pAppData)->state_; }

  static int close(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }

  static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    auto& state = state_of(file);
    const std::lock_guard lock(state.mutex);
    if (state.strikes(operation::read)) return SQLITE_IOERR_READ;
    return real_of(file)->pMethods->xRead(real_of(file), into, size, offset);
  }

  static int put(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    auto& target = wrapped(file);
    if (target.tracked != nullptr) {
      const char* from = static_cast<const char*>(bytes);
      target.tracked->pending.push_back({static_cast<std::size_t>(offset), std::vector<char>(from, from + size)});
    }
    return target.real->pMethods->xWrite(target.real, bytes, size, offset);
  }

  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    auto& state = state_of(file);
    const std::lock_guard lock(state.mutex);
    const auto fails = state.strikes(operation::write);
    if (!fails) return put(file, bytes, size, offset);
    switch (*fails) {
      case fault::disk_full:
        return SQLITE_FULL;
      case fault::short_write:
        put(file, bytes, size / 2, offset);
        return SQLITE_FULL;
      case fault::write_error:
        put(file, bytes, size / 2, offset);
        return SQLITE_IOERR_WRITE;
      default:
        return SQLITE_IOERR_WRITE;
    }
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto& state = state_of(file);
    const std::lock_guard lock(state.mutex);
    if (state.strikes(operation::truncate)) return SQLITE_IOERR_TRUNCATE;
    if (auto* tracked = wrapped(file).tracked) tracked->pending.push_back({static_cast<std::size_t>(size), std::nullopt});
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
  }

  static int sync(sqlite3_file* file, int) {
    auto& state = state_of(file);
    const std::lock_guard lock(state.mutex);
    if (state.strikes(operation::sync)) return SQLITE_IOERR_FSYNC;
    if (auto* tracked = wrapped(file).tracked) tracked->flush();
    return SQLITE_OK;
  }

  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
  }
  static int lock(sqlite3_file* file, int how) { return real_of(file)->pMethods->xLock(real_of(file), how); }
  static int unlock(sqlite3_file* file, int how) { return real_of(file)->pMethods->xUnlock(real_of(file), how); }
  static int check_lock(sqlite3_file* file, int* held) {
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), held);
  }
  static int control(sqlite3_file* file, int what, void* with) {
    return real_of(file)->pMethods->xFileControl(real_of(file), what, with);
  }
  static int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
  static int traits(sqlite3_file* file) { return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file)); }
  static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, out);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) { return real_of(file)->pMethods->xShmUnmap(real_of(file), remove); }

  static const sqlite3_io_methods* methods() {
    // Version 2: shared memory, but no memory-mapped reads, which would go past us.
    static const sqlite3_io_methods table = {
        2,        &close,       &read,   &write,   &truncate, &sync,        &file_size, &lock,   &unlock, &check_lock,
        &control, &sector_size, &traits, &shm_map, &shm_lock, &shm_barrier, &shm_unmap, nullptr, nullptr};
    return &table;
  }

  static std::vector<char> content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
    auto& state = state_of(vfs);
    auto& opened = wrapped(file);
    opened = {{nullptr}, static_cast<faulty_vfs*>(vfs->pAppData), reinterpret_cast<sqlite3_file*>(&opened + 1), nullptr};
    const std::lock_guard lock(state.mutex);
    if (state.off) return SQLITE_CANTOPEN;
    const int code = state.real->xOpen(state.real, path, opened.real, flags, out_flags);
    if (code != SQLITE_OK) return code;
    if (path != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
      const auto [at, fresh] = state.files.try_emplace(path);
      if (fresh) at->second.flushed = content_of(path);
      opened.tracked = &at->second;
    }
    opened.base.pMethods = methods();
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    auto& state = state_of(vfs);
    const std::lock_guard lock(state.mutex);
    if (state.off) return SQLITE_IOERR_DELETE;
    // Kept in the table, for SQLite may still have it open.
    if (const auto found = state.files.find(path); found != state.files.end()) found->second = {};
    return state.real->xDelete(state.real, path, sync_folder);
  }
};

faulty_vfs::faulty_vfs() : state_(std::make_unique<state>()) {
  static std::atomic<int> count{0};
  state_->name = "faulty-" + std::to_string(++count);
  state_->real = sqlite3_vfs_find(nullptr);
  state_->vfs = *state_->real;
  state_->vfs.zName = state_->name.c_str();
  state_->vfs.pAppData = this;
  state_->vfs.szOsFile = static_cast<int>(sizeof(wrapped_file)) + state_->real->szOsFile;
  state_->vfs.xOpen = &vfs_calls::open;
  state_->vfs.xDelete = &vfs_calls::remove;
  sqlite3_vfs_register(&state_->vfs, 0);
}

faulty_vfs::~faulty_vfs() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& faulty_vfs::name() const { return state_->name; }

void faulty_vfs::inject(fault what, std::uint64_t nth, bool for_good) {
  const std::lock_guard lock(state_->mutex);
  state_->armed = what;
  state_->countdown = nth;
  state_->for_good = for_good;
  state_->struck = false;
}

void faulty_vfs::heal() {
  const std::lock_guard lock(state_->mutex);
  state_->armed.reset();
}

bool faulty_vfs::struck() const {
  const std::lock_guard lock(state_->mutex);
  return state_->struck;
}

void faulty_vfs::cut_power() {
  const std::lock_guard lock(state_->mutex);
  state_->off = true;
}

void faulty_vfs::restore(survival what, std::uint64_t seed) {
  const std::lock_guard lock(state_->mutex);
  std::mt19937_64 random{seed};
  for (const auto& [path, file] : state_->files) {
    std::remove((path + "-shm").c_str());
    if (std::ifstream there(path); !there) continue;
    const auto content = file.surviving(what, random);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
  }
  state_->files.clear();
  state_->armed.reset();
  state_->off = false;
}

}  // namespace mofa::test
