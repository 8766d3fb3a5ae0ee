// A scratch folder, and SQL behind the store's back, for tests of the store.
// Owned by the test; the folder goes with the object.
// The test's thread.
#pragma once

#include <string>

namespace mofa::test {

/// A new empty folder under the system's folder for temporary files.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Runs SQL on a SQLite file and gives the first column of the last row as text; "error: …" when it fails.
/// `vfs`: a registered SQLite VFS; empty: the default one.
std::string run_sql(const std::string& file, const std::string& sql, const std::string& vfs = {});

/// "ok", or what is wrong with the file.
inline std::string integrity_of(const std::string& file, const std::string& vfs = {}) {
  return run_sql(file, "PRAGMA integrity_check", vfs);
}

}  // namespace mofa::test
