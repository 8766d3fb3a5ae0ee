#include "tests/support/store_scratch.hpp"

#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>

namespace mofa::test {

scratch_folder::scratch_folder() : path_(std::filesystem::temp_directory_path() / "mofa-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) abort();
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string run_sql(const std::string& file, const std::string& sql, const std::string& vfs) {
  sqlite3* handle = nullptr;
  std::string out;
  const auto keep = [](void* into, int columns, char** values, char**) {
    if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(into) = values[0];
    return 0;
  };
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(file.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str()) != SQLITE_OK ||
      sqlite3_exec(handle, sql.c_str(), keep, &out, nullptr) != SQLITE_OK) {
    out = std::string{"error: "} + sqlite3_errmsg(handle);
  }
  sqlite3_close(handle);
  return out;
}

}  // namespace mofa::test
