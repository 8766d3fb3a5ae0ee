// The front of the actors for agents: the catalog as operators see it, and their commands. Every change of a definition,
// of a file or through the API, goes through here. Owned by the kernel; called by gateway threads, and by the app for files.
// Thread-safe; completions are called on workers and reader threads.
#pragma once

#include "actors/catalog/catalog.hpp"
#include "actors/directory/directory.hpp"
#include "actors/service/file_agents.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/system/ask.hpp"
#include "protocols/core/ports/agent_service.hpp"

namespace mofa::service {

using core::completion;

class agent_front final : public core::agent_service, public file_agents {
 public:
  /// `root` and `agents` give the present handles of these supervisors.
  struct supervisors {
    std::function<actors::supervisor_actor()> root;
    std::function<actors::supervisor_actor()> agents;
    std::function<supervision::child_spec(const std::string& agent)> child_of;  ///< for an agent that is new
    /// It has no actor of a task: it goes, unless the store has tasks of it that are open; then false.
    std::function<void(const std::string& agent, callback<void(result<bool>)> done)> bury;
    /// A definition has come, changed, or takes no more work; none: nobody listens. Called on any thread; must not block.
    std::function<void()> definitions_changed{};
  };

  agent_front(actors::ask_bridge& bridge, const directory::directory& where, catalog::catalog& definitions, supervisors tree,
              const clock& time);

  void list(core::agent_filter filter, core::page_request want, completion<core::page<core::agent_info>> done) override;
  void get(std::string name, completion<core::agent_info> done) override;
  void versions(std::string name, completion<std::vector<core::agent_version>> done) override;
  void actor(std::string name, completion<core::agent_actor_info> done) override;
  void command(std::string name, core::agent_command what, completion<core::agent_actor_info> done) override;
  void apply(core::definition_change what, completion<core::agent_info> done) override;
  void remove(std::string name, std::optional<int> if_version, bool drain, completion<bool> done) override;
  void supervision(completion<core::supervision_node> done) override;
  void take_file(catalog::compiled made, std::string file, completion<taken_file> done) override;
  void let_file_leave(std::string agent, std::string file, completion<bool> done) override;
  void note_error(const std::string& agent, const std::string& file, std::string why) override;

 private:
  struct gathering;
  error no_agent(const std::string& name) const;
  void ask(const std::string& name, actors::agent_request::type what, completion<core::agent_actor_info> done);

  actors::ask_bridge& bridge_;
  const directory::directory& where_;
  void take_in(catalog::applied made, completion<core::agent_info> done);
  void renew(catalog::applied made, completion<core::agent_info> done);
  void end(const std::string& name, completion<bool> done);
  void tell_of_change() const;

  catalog::catalog& definitions_;
  supervisors tree_;
  const clock& time_;
};

}  // namespace mofa::service
