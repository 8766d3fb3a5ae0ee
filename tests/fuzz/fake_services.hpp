// Services behind the REST routes that know nothing: each question is answered not_found, and the number is remembered after
// which events were asked for. Made by a target for one input, on its stack.
// The fuzzer's only thread.
#pragma once

#include <cstdint>
#include <optional>

#include "protocols/rest/routes.hpp"

namespace mofa::fuzz {

class fake_tasks final : public core::task_service {
 public:
  std::optional<std::uint64_t> after;  ///< of the last question for events, as a page or as a feed

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
};

class fake_agents final : public core::agent_service {
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

class fake_topics final : public core::topic_service {
 public:
  void publish(const core::caller&, core::publication, core::completion<core::published>) override;
  void list(const core::caller&, core::page_request, core::completion<core::page<core::topic_info>>) override;
  void subscribe(const core::caller&, std::string, std::optional<std::uint64_t>, std::size_t,
                 std::shared_ptr<core::topic_sink>, core::completion<core::subscription_ptr>) override;
};

/// Asks the route, and gives its answer; an answer that does not come, or comes twice, is a broken claim.
http::response answer_of(const http::route& asked, http::request what);

}  // namespace mofa::fuzz
