// A folder of a test, with the files that it writes: as an editor does, in place, or under another name first.
// Owned by the test; gone at its end.
// One thread.
#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace mofa::test {

class scratch {
 public:
  scratch() {
    auto pattern = (std::filesystem::temp_directory_path() / "mofa-app-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const { std::ofstream{path_ / name} << text; }
  /// Written under another name, then renamed.
  void replace(const std::string& name, const std::string& text) const {
    write(name + ".new~", text);
    std::filesystem::rename(path_ / (name + ".new~"), path_ / name);
  }
  void remove(const std::string& name) const { std::filesystem::remove_all(path_ / name); }

 private:
  std::filesystem::path path_;
};

}  // namespace mofa::test
