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
  std::string source;    ///< file it belongs to
  std::string error;     ///< of a newer version of the file that cannot be used
  bool leaving = false;  ///< it takes no more work, and goes when its last task has ended
};

/// What a change through the API led to.
struct applied {
  entry now;
  bool fresh = false;  ///< the agent is new
};

class catalog {
 public:
  explicit catalog(std::vector<std::shared_ptr<const core::agent_kind>> kinds);

  /// Reads and compiles a document without keeping it. Errors carry JSON pointers in `fields`.
  result<compiled> compile(const core::json& document) const;

  /// Keeps the definition as the agent's newest version: the store numbers it by its content.
  result<entry> put(compiled made, std::string source, core::store& versions, time_point now);

  /// A definition that came through the API; kept for the next start. One change at a time. Errors: see
  /// core::agent_service::apply().
  result<applied> apply(const core::definition_change& what, core::store& versions, time_point now);
  /// Whether the agent may be changed through the API, and is still at that version.
  result<entry> changeable(const std::string& name, std::optional<int> if_version) const;
  /// The agent takes no more work, also after the next start; or it is gone.
  result<void> let_leave(const std::string& name, std::optional<int> if_version, core::store& versions);
  result<void> forget(const std::string& name, core::store& versions);
  /// At the start, after the files: the agents of the store that came through the API. A file of the same name wins. The
  /// names of those that this binary cannot run, with the reason; their tasks stay parked.
  result<std::vector<std::string>> restore(core::store& versions);

  /// Null definition when there is none.
  std::optional<entry> find(std::string_view name) const;
  std::vector<entry> all() const;
  std::vector<std::string> names() const;

  /// One version; an old one that nobody holds is read from the store. Errors: not_found, unsupported (a kind that this
  /// binary has not).
  result<compiled> version(const std::string& name, int version, core::store& versions);

 private:
  /// A version that only its tasks keep.
  struct kept_by_tasks {
    std::weak_ptr<const core::definition> definition;
    std::weak_ptr<const core::behaviour> behaviour;
    bool is_gone() const { return definition.expired() || behaviour.expired(); }
  };

  const core::agent_kind* kind(std::string_view name) const;
  // Both under the guard.
  std::optional<compiled> recall(const std::string& name, int version) const;
  void remember(const compiled& old);

  std::vector<std::shared_ptr<const core::agent_kind>> kinds_;
  std::mutex change_guard_;  ///< held while a change is written
  mutable std::mutex guard_;
  std::map<std::string, entry, std::less<>> agents_;
  std::map<std::pair<std::string, int>, kept_by_tasks> old_;
};

}  // namespace mofa::catalog
