// The data folder: where the embedded database lives; private to its user and to one server at a time.
// Opened by the app before the store, kept until after the store is closed.
// The main thread.
#pragma once

#include <string>

#include "server/base/result.hpp"

namespace mofa::store {

/// A folder that is ours while this object lives.
class data_folder {
 public:
  data_folder(data_folder&& other) noexcept;
  data_folder& operator=(data_folder&& other) noexcept;
  data_folder(const data_folder&) = delete;
  data_folder& operator=(const data_folder&) = delete;
  /// Gives up the lock.
  ~data_folder();

  /// As it was asked for.
  const std::string& path() const { return path_; }
  /// Where the SQLite database belongs.
  std::string database_file() const { return path_ + "/mofa.db"; }

 private:
  friend result<data_folder> open_data_folder(const std::string& path);
  data_folder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_ = -1;  ///< the open, flock'ed file
};

/// Makes the folder (0700, with its parents) if it is missing, takes away what others may do in it, locks it.
/// Errors, to the letter:
///
///     io           <path>: not writable by uid <uid>; use --data DIR or chown
///     io           <path>: open to others (mode 0755) and not owned by uid <uid>; use --data DIR or chown
///     invalid      <path>: not a folder; use --data DIR
///     invalid      <path>: not empty and not a MoFA data folder; use --data DIR
///     unavailable  <path>: in use by process <pid>; use --data DIR or stop it
result<data_folder> open_data_folder(const std::string& path);

}  // namespace mofa::store
