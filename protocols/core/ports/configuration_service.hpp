// The port of the configuration: the operator lets a running server read its files again.
// Implemented by the app; called by protocol handlers.
// The completion is called exactly once, on any thread; it must not block.
#pragma once

#include <string>
#include <vector>

#include "protocols/core/ports/task_service.hpp"

namespace mofa::core {

/// A definition file that says nothing that can run.
struct broken_definition {
  std::string file;
  std::string message;  ///< a line for each mistake: "agents/a.yaml:7:3: unknown member 'rulez'; did you mean 'rules'?"
};

/// What reading the definition files again has led to; agents by name.
struct definition_changes {
  std::vector<std::string> changed;       ///< they have another version
  std::vector<std::string> added;         ///< they are new, or were leaving
  std::vector<std::string> removed;       ///< they take no more work, and go when their last task has ended
  std::vector<broken_definition> errors;  ///< of all files, also those that were broken before
};

struct reload_report {
  std::vector<std::string> applied;           ///< settings that have another value from now on
  std::vector<std::string> restart_required;  ///< settings that have another value from the next start on
  definition_changes definitions;
};

class configuration_service {
 public:
  virtual ~configuration_service() = default;
  /// Reads configuration and definitions again. A configuration with a mistake changes nothing, and no definition is read;
  /// a broken definition holds up no other. One reload after the other. Errors: invalid (a field for each mistake; the path
  /// is empty, the message names file, line and column), unavailable (the server stops).
  virtual void reload(completion<reload_report> done) = 0;
};

}  // namespace mofa::core
