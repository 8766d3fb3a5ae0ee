// Harness of the REST tests: services that record what they are asked and answer at once with what the test prepared.
// One for each test case, on its stack; the route table is built on top of it.
// The test's thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/rest/routes.hpp"

namespace mofa::rest::testing {

inline const std::string some_id = "0190163d-8694-739b-aea5-966c26f8ad91";
inline const time_point some_time = *parse_rfc3339("2026-01-31T09:00:00.123Z");

core::task_row some_row(core::task_state state = core::task_state::working);
core::task_ptr some_task(core::task_state state = core::task_state::working);
core::event_ptr some_event(std::uint64_t seq);
core::agent_info some_agent();

/// Every answer is what the public members say; every question is noted in `asked` ("submit echo wait=0").
class fake_tasks final : public core::task_service {
 public:
  std::vector<std::string> asked;
  std::optional<error> failure;         ///< the answer to everything, when set
  std::optional<error> events_failure;  ///< the answer to events() only
  std::optional<error> cancel_failure;  ///< the answer to cancel() only
  std::optional<error> send_failure;    ///< the answer to send() only
  core::task_ptr task = some_task();
  core::task_ptr settled;  ///< the answer to await(), when set
  bool replayed = false;
  std::vector<core::event_ptr> recorded;
  std::string next_cursor;
  std::function<core::page<core::task_row>(const core::page_request&)> pages;  ///< the answer to list(), when set
  std::function<result<core::task_ptr>(task_id)> found;                        ///< the answer to get(), when set

  std::optional<core::submission> submitted;
  std::optional<core::further_message> sent;
  std::uint64_t message_seq = 0;  ///< of what is sent
  std::optional<core::task_filter> filter;
  core::page_request want;
  core::caller who;

  void submit(const core::caller&, core::submission, core::completion<core::submitted_task>) override;
  void send(const core::caller&, task_id, core::further_message, core::completion<core::submitted_task>) override;
  void cancel(const core::caller&, task_id, std::string reason, core::completion<core::task_ptr>) override;
  void get(const core::caller&, task_id, core::completion<core::task_ptr>) override;
  void await(const core::caller&, task_id, milliseconds, core::completion<core::task_ptr>) override;
  void list(const core::caller&, core::task_filter, core::page_request,
            core::completion<core::page<core::task_row>>) override;
  void remove(const core::caller&, task_id, core::completion<void>) override;
  void events(const core::caller&, task_id, std::uint64_t after, int limit,
              core::completion<std::vector<core::event_ptr>>) override;
  void subscribe(const core::caller&, task_id, std::uint64_t after, std::size_t credit, std::shared_ptr<core::event_sink>,
                 core::completion<core::subscription_ptr>) override;
  void contexts(const core::caller&, core::page_request, core::completion<core::page<core::context_info>>) override;
  void context(const core::caller&, std::string id, core::completion<core::context_info>) override;
  void context_messages(const core::caller&, std::string id, core::page_request,
                        core::completion<core::page<core::message>>) override;
  void remove_context(const core::caller&, std::string id, core::completion<void>) override;
};

class fake_agents : public core::agent_service {
 public:
  std::vector<std::string> asked;
  std::optional<core::definition_change> applied;
  bool replayed = false;
  std::optional<error> failure;
  core::agent_filter filter;
  core::page_request want;

  void list(core::agent_filter, core::page_request, core::completion<core::page<core::agent_info>>) override;
  void get(std::string name, core::completion<core::agent_info>) override;
  void versions(std::string name, core::completion<std::vector<core::agent_version>>) override;
  void actor(std::string name, core::completion<core::agent_actor_info>) override;
  void command(std::string name, core::agent_command what, core::completion<core::agent_actor_info>) override;
  void apply(core::definition_change what, core::completion<core::agent_info> done) override;
  void remove(std::string name, std::optional<int> if_version, bool drain, core::completion<bool> done) override;
  void supervision(core::completion<core::supervision_node>) override;
};

class fake_topics final : public core::topic_service {
 public:
  std::vector<std::string> asked;
  std::optional<error> failure;
  core::published answer{.delivered = 2, .seq = 0, .replayed = false};
  std::vector<core::topic_info> topics{{.topic = "orders.eu", .subscribers = 1, .kept = 3, .last_seq = 9}};
  std::string next_cursor;

  std::optional<core::publication> published;
  core::page_request want;
  core::caller who;

  void publish(const core::caller&, core::publication, core::completion<core::published>) override;
  void list(const core::caller&, core::page_request, core::completion<core::page<core::topic_info>>) override;
  void subscribe(const core::caller&, std::string pattern, std::optional<std::uint64_t> after, std::size_t credit,
                 std::shared_ptr<core::topic_sink>, core::completion<core::subscription_ptr>) override;
};

class fake_configuration final : public core::configuration_service {
 public:
  int reloads = 0;
  std::optional<error> failure;
  core::reload_report report{
      {"log.level"}, {"listen"}, {{"echo"}, {"new"}, {"old"}, {{"agents/a.yaml", "agents/a.yaml:1:1: \"odd\""}}}};

  void reload(core::completion<core::reload_report> done) override;
};

/// A request in the making.
struct ask {
  std::string method;
  std::string pattern;
  http::parameter_list parameters{};
  std::string query{};
  std::string body{};
  http::header_list headers{};
  bool from_browser = false;
};

class harness {
 public:
  /// Calls the route's handler; the answer must have come when it returns.
  http::response operator()(ask what);
  /// The body of the answer as JSON, once its status is checked.
  core::json json(ask what, int status = 200);
  /// The problem that the answer must be.
  core::json problem(ask what, int status, std::string_view code);

  bool ending = false;  ///< the server ends while somebody waits
  fake_tasks tasks;
  fake_agents agents;
  fake_configuration configuration;
  fake_topics topics;
  readiness state{.ready = true, .reason = {}};
  http::route_table table =
      routes({.tasks = tasks, .agents = agents, .topics = topics, .ready = [this] { return state; }, .version = "9.8.7"});
};

/// The answer that a long wait leads to, any other one as it is. `ending`: the server ends before there is one, and the rest
/// of the wait is cut short.
http::response after_the_wait(http::response from, bool ending);

/// The value of the header; empty when there is none.
std::string header_of(const http::response& from, std::string_view name);

}  // namespace mofa::rest::testing
