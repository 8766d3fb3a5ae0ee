// A disk that fails: a SQLite VFS over the default one that knows what was flushed, and fails or loses its power on demand.
// Made by a test before it opens a store with the VFS's name; must outlive that store.
// Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace mofa::test {

enum class fault {
  disk_full,    ///< ENOSPC: a write writes nothing
  short_write,  ///< ENOSPC in the middle: a write writes its first half
  write_error,  ///< EIO at a write, of which the first half may be there
  sync_error,   ///< a flush fails and has flushed nothing
  read_error,   ///< EIO at a read
  power_cut,    ///< at a write, a flush or a truncation: it is not done, and nothing works any more
};

/// What of the data that was written, but not flushed, is on the disk afterwards.
enum class survival {
  flushed,  ///< none of it
  torn,     ///< some of its sectors, in no order
  all,      ///< all of it: the process was killed, the machine went on
};

class faulty_vfs {
 public:
  /// Registers itself under a name of its own.
  faulty_vfs();
  ~faulty_vfs();
  faulty_vfs(const faulty_vfs&) = delete;
  faulty_vfs& operator=(const faulty_vfs&) = delete;

  const std::string& name() const;

  /// The n-th operation from now (1 is the next) that this fault concerns fails; with `for_good` each later one too.
  void inject(fault what, std::uint64_t nth, bool for_good = false);
  /// No more faults, except that power stays off.
  void heal();
  /// Whether the injected fault has happened.
  bool struck() const;
  /// Nothing works from now on.
  void cut_power();
  /// Power is back: the files are what the disk has kept. Every store on them must be closed.
  void restore(survival what, std::uint64_t seed);

 private:
  struct state;
  friend struct vfs_calls;
  std::unique_ptr<state> state_;
};

}  // namespace mofa::test
