// Services behind the A2A routes that know one agent and one task of it: whatever was said to them comes back, as history,
// as answer, as artifact. Made once by a target, told to forget before each input.
// The fuzzer's only thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/push_service.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::fuzz {

inline constexpr const char* known_agent = "echo";
inline constexpr const char* known_task = "0190163d-8694-739b-aea5-966c26f8ad91";

class echo_tasks final : public core::task_service {
 public:
  core::task_state state = core::task_state::completed;  ///< of the task, however it is asked for
  bool replies = false;                                  ///< with a message and no more
  std::optional<core::message> said;                     ///< what the question said

  void forget();
  /// The task, and what has happened to it behind its first event.
  core::task_ptr task() const;
  std::vector<core::event_ptr> happened() const;
  /// Words of the model call that is among them.
  core::live_frame heard() const;

  void submit(const core::caller&, core::submission, core::completion<core::submitted_task>) override;
  void send(const core::caller&, task_id, core::further_message, core::completion<core::submitted_task>) override;
  void cancel(const core::caller&, task_id, std::string, core::completion<core::task_ptr>) override;
  void get(const core::caller&, task_id, core::completion<core::task_ptr>) override;
  void await(const core::caller&, task_id, milliseconds, core::completion<core::task_ptr>) override;
  void list(const core::caller&, core::task_filter, core::page_request,
            core::completion<core::page<core::task_row>>) override;
  void remove(const core::caller&, task_id, core::completion<void>) override;
  void events(const core::caller&, task_id, std::uint64_t, int, core::completion<std::vector<core::event_ptr>>) override;
  void subscribe(const core::caller&, task_id, std::uint64_t, std::size_t, std::shared_ptr<core::event_sink>,
                 core::completion<core::subscription_ptr>) override;
  void contexts(const core::caller&, core::page_request, core::completion<core::page<core::context_info>>) override;
  void context(const core::caller&, std::string, core::completion<core::context_info>) override;
  void context_messages(const core::caller&, std::string, core::page_request,
                        core::completion<core::page<core::message>>) override;
  void remove_context(const core::caller&, std::string, core::completion<void>) override;

 private:
  std::string context_;
};

class echo_agents final : public core::agent_service {
 public:
  void list(core::agent_filter, core::page_request, core::completion<core::page<core::agent_info>>) override;
  void get(std::string, core::completion<core::agent_info>) override;
  void versions(std::string, core::completion<std::vector<core::agent_version>>) override;
  void actor(std::string, core::completion<core::agent_actor_info>) override;
  void command(std::string, core::agent_command, core::completion<core::agent_actor_info>) override;
  void apply(core::definition_change, core::completion<core::agent_info>) override;
  void remove(std::string, std::optional<int>, bool, core::completion<bool>) override;
  void supervision(core::completion<core::supervision_node>) override;
};

/// Keeps the last configuration that it was given.
class echo_pushes final : public core::push_service {
 public:
  std::optional<core::push_config> kept;

  result<void> check(const core::push_config&) const override { return {}; }
  void create(const core::caller&, core::push_config, std::uint64_t after, core::completion<core::push_config>) override;
  void get(const core::caller&, task_id, std::string, core::completion<core::push_config>) override;
  void list(const core::caller&, task_id, core::page_request, core::completion<core::page<core::push_config>>) override;
  void remove(const core::caller&, task_id, std::string, core::completion<void>) override;
};

}  // namespace mofa::fuzz
