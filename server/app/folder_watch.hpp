// The folder watch: tells that something in certain folders has changed, also when a folder goes away and comes back.
// Owned by the reloader, which finds out what has changed by reading the folders.
// One thread at a time; inotify(7) lives here and nowhere else.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/base/result.hpp"

namespace mofa::app {

class folder_watch {
 public:
  /// Watches nothing yet. Error io: this user has no more of them (fs.inotify.max_user_instances).
  static result<std::unique_ptr<folder_watch>> open();
  folder_watch(const folder_watch&) = delete;
  folder_watch& operator=(const folder_watch&) = delete;
  ~folder_watch();

  /// These folders from now on, and no others. One that is not there is awaited. One that is there and cannot be watched is
  /// in trouble(); the others are watched.
  void follow(const std::vector<std::filesystem::path>& folders);
  /// For poll(2): readable when something happened.
  int descriptor() const { return queue_; }
  /// Takes what happened so far. True: in one of the folders something may be different.
  bool take();
  /// Which folders cannot be watched, and why, since follow() or since take() had to look for one again; empty: all are.
  const std::string& trouble() const { return trouble_; }

 private:
  /// A folder that is looked at, wholly or for names: those on the way to a folder.
  struct place {
    bool whole = false;
    std::set<std::string> names;
  };

  explicit folder_watch(int queue) : queue_(queue) {}
  void watch_again();
  /// Whether it may concern one of the folders; `again`: the way to one has changed.
  bool concerns(int watch, std::uint32_t what, const std::string& name, bool& again) const;

  int queue_;
  std::vector<std::filesystem::path> folders_;  ///< absolute
  std::map<int, place> places_;                 ///< by watch descriptor
  std::string trouble_;
};

}  // namespace mofa::app
