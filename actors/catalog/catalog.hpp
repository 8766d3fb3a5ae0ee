// The catalog: every agent's definition with its compiled behaviour, by name and version.
// Owned by the kernel; filled at start from files, asked by agents, readers and the agent service.
// Thread-safe; old versions are read from the store by the reader thread that needs one.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/kind.hpp"
#include "protocols/core/ports/store.hpp"

namespace mofa::catalog {

/// A definition that can run.
struct compiled {
  core::definition_ptr definition;
  core::behaviour_ptr behaviour;
};

/// What the catalog knows of one agent.
struct entry {
  compiled current;
  std::string source;  ///< file it belongs to
  std::string error;   ///< of a newer version of the file that cannot be used
};

class catalog {
 public:
  explicit catalog(std::vector<std::shared_ptr<const core::agent_kind>> kinds);

  /// Reads and compiles a document without keeping it. Errors carry JSON pointers in `fields`.
  result<compiled> compile(const core::json& document) const;

  /// Keeps the definition as the agent's newest version: the store numbers it by its content.
  result<entry> put(compiled made, std::string source, core::store& versions, time_point now);

  /// Null definition when there is none.
  std::optional<entry> find(std::string_view name) const;
  std::vector<entry> all() const;
  std::vector<std::string> names() const;

  /// The behaviour of one version; reads the store for an old one. Errors: not_found, unsupported (a kind that this binary
  /// has not).
  result<compiled> version(const std::string& name, int version, core::store& versions);

 private:
  const core::agent_kind* kind(std::string_view name) const;

  std::vector<std::shared_ptr<const core::agent_kind>> kinds_;
  mutable std::mutex guard_;
  std::map<std::string, entry, std::less<>> agents_;
  std::map<std::pair<std::string, int>, compiled> old_;
};

}  // namespace mofa::catalog
