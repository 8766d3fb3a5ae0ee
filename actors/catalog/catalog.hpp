// The catalog: every agent's definition with its compiled behaviour, by name and version.
// Owned by the app; filled at start from files, asked and changed by agents, readers and the agent service.
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
  std::string error;     ///< why a newer version of the file is not used, or why it takes no new tasks
  bool leaving = false;  ///< it takes no more work, and goes when its last task has ended
  bool going = false;    ///< that task has ended: nothing calls it back
};

/// What a change led to.
struct applied {
  entry now;
  bool fresh = false;     ///< the agent is new
  bool changed = false;   ///< of a file: the agent is new, has a new version, or was leaving
  bool replayed = false;  ///< an earlier request with the same idempotency key made it
};

class catalog {
 public:
  /// `schemas` compiles `input_schema`; without it definitions that have one are refused.
  explicit catalog(std::vector<std::shared_ptr<const core::agent_kind>> kinds, core::schema_compiler schemas = {});

  /// Reads and compiles a document without keeping it. Errors carry JSON pointers in `fields`.
  result<compiled> compile(const core::json& document) const;

  /// Keeps the definition as the agent's newest version: the store numbers it by its content.
  result<entry> put(compiled made, std::string source, core::store& versions, time_point now);

  /// A definition that came through the API; kept for the next start. One change at a time. A new agent under a key that was
  /// used: what that key made. Errors: see core::agent_service::apply().
  result<applied> apply(const core::definition_change& what, core::store& versions, time_point now);
  /// Whether the agent may be changed through the API, and is still at that version.
  result<entry> changeable(const std::string& name, std::optional<int> if_version) const;
  /// The agent takes no more work, also after the next start; or it is gone.
  result<void> let_leave(const std::string& name, std::optional<int> if_version, core::store& versions);
  /// Its last task has ended: from now on nothing calls it back. True: the caller ends it, and then calls forget(); false:
  /// it is not leaving any more, or somebody else ends it.
  bool begin_to_go(const std::string& name);
  /// An error is the store's: the agent is gone, but comes back at the next start, and goes again.
  result<void> forget(const std::string& name, core::store& versions);

  /// While the server runs: the newest version of the agent that the file defines. One that is leaving is called back, one
  /// that another file had is this file's from now on. Errors: conflict (it came through the API), unavailable (it is just
  /// going, try again).
  result<applied> take_file(compiled made, std::string file, core::store& versions, time_point now);
  /// The file does not say any more what can run: its agent keeps its version and shows why. Empty: all is well.
  void note_error(const std::string& name, const std::string& file, std::string why);
  /// The file is gone: its agent takes no more work, also after the next start. False: it has no such agent.
  result<bool> let_file_leave(const std::string& name, const std::string& file, core::store& versions);
  /// At the start, after the files: the agents of the store that came through the API. A file of the same name wins. The
  /// names of those that this binary cannot run, with the reason; their tasks stay parked.
  result<std::vector<std::string>> restore(core::store& versions);

  /// Null definition when there is none.
  std::optional<entry> find(std::string_view name) const;
  std::vector<entry> all() const;
  std::vector<std::string> names() const;

  /// One version; an old one that nobody holds is read from the store. Should its `input_schema` not compile any more, its
  /// tasks run on, and new ones are refused (core::refusing_schema()). Errors: not_found, unsupported (a kind that this
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
  result<compiled> compile(const core::json& document, const core::schema_compiler& schemas) const;
  /// What the key of the request made earlier; nothing when it is new.
  result<std::optional<applied>> replay(const core::definition_change& what, core::store& versions) const;
  /// Keeps it in memory as the newest version.
  entry take(compiled made, int version, std::string source);
  // Both under the guard.
  std::optional<compiled> recall(const std::string& name, int version) const;
  void remember(const compiled& old);

  std::vector<std::shared_ptr<const core::agent_kind>> kinds_;
  core::schema_compiler schemas_;
  std::mutex change_guard_;  ///< held while a change is written
  mutable std::mutex guard_;
  std::map<std::string, entry, std::less<>> agents_;
  std::map<std::pair<std::string, int>, kept_by_tasks> old_;
};

}  // namespace mofa::catalog
