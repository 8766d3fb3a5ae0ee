// The definition files of a running server: which file has which agent, what it said when that was last read, what is wrong
// with it. Owned by the reloader; filled with what the start has read, then brought up to date whenever files may have
// changed. One thread at a time; waits for the answers of the actors.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "protocols/core/ports/configuration_service.hpp"
#include "server/app/definitions.hpp"

namespace mofa::app {

class definition_files {
 public:
  /// `taken`: what the start has read and put into the catalog. The others must outlive it.
  definition_files(const catalog::catalog& kinds, service::file_agents& agents, const std::vector<file_definition>& taken);

  /// Reads all files of the folders, and makes the agents what the files say. A file that is gone lets its agent go, one
  /// that is broken lets it keep its last good version. A folder that is not there has no files; one that cannot be read is
  /// left out, and its agents stay as they are. New errors are logged. `ended` is asked before each agent: when it says so,
  /// the rest is left to the next update.
  core::definition_changes update(
      const std::vector<std::filesystem::path>& folders, const std::function<bool()>& ended = [] { return false; });
  /// Whether update() is worth another try although no file changes: an agent's name is taken, or the actors had no time.
  bool waits() const { return waits_; }

 private:
  struct file {
    std::string agent;  ///< that it has; empty: none
    std::string hash;   ///< of its text
    std::string error;  ///< why it is not in force as it is; empty: it is
  };
  struct overdue {
    std::string file;
    std::string why;
  };
  struct candidate {
    std::string file;
    std::string hash;
    catalog::compiled made;
  };
  using file_map = std::map<std::string, file>;

  // The steps of one update: what the files say, who gets which name, what becomes of it.
  file_map look(const std::vector<std::filesystem::path>& folders, std::vector<candidate>& news,
                core::definition_changes& out);
  void settle_names(file_map& now, std::vector<candidate>& news) const;
  void take(file_map& now, candidate& news, core::definition_changes& out);
  static void drop_doubles(file_map& now);
  void let_leave(const file_map& now, const std::function<bool()>& ended, core::definition_changes& out);
  void tell_errors(const file_map& now, core::definition_changes& out);

  const catalog::catalog& kinds_;
  service::file_agents& agents_;
  file_map files_;
  std::map<std::string, overdue> overdue_;  ///< agents that could not be told that their file is gone
  std::map<std::string, std::string> folder_errors_;
  bool waits_ = false;
};

}  // namespace mofa::app
