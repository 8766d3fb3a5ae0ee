// Harness of the WebSocket dialect's tests: ports that record what they are asked; the test gives the answers.
// One for each test case, on its stack.
// The test's thread only.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/websocket/conversation.hpp"

namespace mofa::websocket::testing {

inline const std::string some_id = "0190163d-8694-739b-aea5-966c26f8ad91";
inline const std::string other_id = "0190163d-8694-739b-aea5-966c26f8ad92";

core::task_ptr some_task(const std::string& id = some_id);
core::event_ptr some_event(std::uint64_t seq, std::string data = "{}");

core::topic_message_ptr some_message(std::uint64_t seq, std::string data = "{}");

/// What a test can do to one subscription.
struct opening {
  std::size_t credit = 0;  ///< granted and not used
  core::completion<core::subscription_ptr> done;
  bool left = false;

  void open(std::shared_ptr<opening> self);
};

/// Of a task.
struct watched : opening {
  std::uint64_t after = 0;
  std::shared_ptr<core::event_sink> sink;

  void event(core::event_ptr what);
};

/// Of a pattern of topics.
struct heard : opening {
  std::optional<std::uint64_t> after;
  std::shared_ptr<core::topic_sink> sink;

  void message(core::topic_message_ptr what, std::uint64_t dropped = 0);
};

/// Answers submit, send and cancel at once, unless they are held; subscriptions are opened by the test.
class fake_tasks final : public core::task_service {
 public:
  std::vector<std::string> asked;
  std::optional<error> failure;  ///< the answer to everything, when set
  bool held = false;             ///< answers wait in `later`
  bool dropped = false;          ///< completions go away without a call
  std::vector<std::function<void()>> later;
  std::map<std::string, std::shared_ptr<watched>> feeds;

  void submit(const core::caller&, core::submission, core::completion<core::submitted_task>) override;
  void send(const core::caller&, task_id, core::further_message, core::completion<core::submitted_task>) override;
  void cancel(const core::caller&, task_id, std::string, core::completion<core::task_ptr>) override;
  void subscribe(const core::caller&, task_id, std::uint64_t, std::size_t, std::shared_ptr<core::event_sink>,
                 core::completion<core::subscription_ptr>) override;

  void get(const core::caller&, task_id, core::completion<core::task_ptr>) override;
  void await(const core::caller&, task_id, milliseconds, core::completion<core::task_ptr>) override;
  void list(const core::caller&, core::task_filter, core::page_request,
            core::completion<core::page<core::task_row>>) override;
  void remove(const core::caller&, task_id, core::completion<void>) override;
  void events(const core::caller&, task_id, std::uint64_t, int, core::completion<std::vector<core::event_ptr>>) override;
  void contexts(const core::caller&, core::page_request, core::completion<core::page<core::context_info>>) override;
  void context(const core::caller&, std::string, core::completion<core::context_info>) override;
  void context_messages(const core::caller&, std::string, core::page_request,
                        core::completion<core::page<core::message>>) override;
  void remove_context(const core::caller&, std::string, core::completion<void>) override;

 private:
  template <class T>
  void reply(core::completion<T> done, T value);
};

/// Subscriptions are opened by the test.
class fake_topics final : public core::topic_service {
 public:
  std::vector<std::string> asked;
  std::optional<error> failure;  ///< the answer to everything, when set
  bool dropped = false;          ///< completions go away without a call
  std::map<std::string, std::shared_ptr<heard>> feeds;

  void subscribe(const core::caller&, std::string, std::optional<std::uint64_t>, std::size_t,
                 std::shared_ptr<core::topic_sink>, core::completion<core::subscription_ptr>) override;

  void publish(const core::caller&, core::publication, core::completion<core::published>) override;
  void list(const core::caller&, core::page_request, core::completion<core::page<core::topic_info>>) override;
};

class harness {
 public:
  explicit harness(bounds within = {}, unsigned scopes = static_cast<unsigned>(core::scope::admin));

  /// Hears the frame, and gives all that is said then.
  std::vector<core::json> operator()(const std::string& frame);
  /// The only frame that is said.
  core::json one(const std::string& frame);
  /// All that is said now.
  std::vector<core::json> said();
  /// Subscribes, and has the feed opened.
  std::shared_ptr<watched> follow(const std::string& task = some_id, const std::string& id = "1");
  /// The same with a pattern of topics.
  std::shared_ptr<heard> listen(const std::string& pattern = "orders.*", const std::string& id = "1");

  fake_tasks tasks;
  fake_topics topics;
  int rings = 0;
  conversation talk;

 private:
  /// Has it opened, and takes the ack.
  template <class Subscription>
  Subscription opened(Subscription made, const std::string& id) {
    made->open(made);
    const auto all = said();
    REQUIRE(all.size() == 1);
    CHECK(all[0] == core::json{{"type", "ack"}, {"id", core::json::parse(id)}});
    return made;
  }
};

}  // namespace mofa::websocket::testing
