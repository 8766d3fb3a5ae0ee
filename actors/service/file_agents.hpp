// Agents of files: what a change of a definition file does to the agent that it defines, while the server runs.
// Implemented by the agent front, next to the changes that come through the API; asked by the app, which watches the files.
// Thread-safe; each question carries a completion that is called once, on any thread, and must not block.
#pragma once

#include <string>

#include "actors/catalog/catalog.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::service {

/// How a file's definition was taken.
struct taken_file {
  int version = 0;
  bool fresh = false;    ///< the agent is new
  bool changed = false;  ///< it is new, has another version, or was leaving
};

class file_agents {
 public:
  virtual ~file_agents() = default;
  /// The file's definition is in force from now on; tasks keep the version that they started with. An agent that was leaving
  /// takes work again. Errors: conflict (an agent of that name came through the API), unavailable (try again), storage_full.
  virtual void take_file(catalog::compiled made, std::string file, core::completion<taken_file> done) = 0;
  /// The file is gone: its agent takes no more work, and goes when its last task has ended, as DELETE ?drain=true does.
  /// False: the file has no such agent. Errors: unavailable (try again).
  virtual void let_file_leave(std::string agent, std::string file, core::completion<bool> done) = 0;
  /// The file says nothing that can run: its agent keeps its version and shows why. Empty: all is well again.
  virtual void note_error(const std::string& agent, const std::string& file, std::string why) = 0;
};

}  // namespace mofa::service
