// The front of the actors for tasks: implements the port that protocols ask, by asking agents, readers and feeds.
// Owned by the kernel; called by gateway threads.
// Thread-safe; completions are called on workers and reader threads.
#pragma once

#include <atomic>
#include <memory>

#include "actors/catalog/catalog.hpp"
#include "actors/directory/directory.hpp"
#include "actors/service/joint_reads.hpp"
#include "actors/service/message_mark.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/environment.hpp"
#include "protocols/core/ports/task_service.hpp"

namespace mofa::service {

using core::caller;
using core::completion;

class task_front final : public core::task_service {
 public:
  task_front(actors::ask_bridge& bridge, const directory::directory& where, const catalog::catalog& definitions,
             const actors::environment& env);

  void submit(const caller& who, core::submission what, completion<core::submitted_task> done) override;
  void send(const caller& who, task_id to, core::further_message what, completion<core::submitted_task> done) override;
  void cancel(const caller& who, task_id which, std::string reason, completion<core::task_ptr> done) override;
  void get(const caller& who, task_id which, completion<core::task_ptr> done) override;
  void await(const caller& who, task_id which, milliseconds wait, completion<core::task_ptr> done) override;
  void list(const caller& who, core::task_filter filter, core::page_request want,
            completion<core::page<core::task_row>> done) override;
  void remove(const caller& who, task_id which, completion<void> done) override;
  void events(const caller& who, task_id which, std::uint64_t after, int limit,
              completion<std::vector<core::event_ptr>> done) override;
  void subscribe(const caller& who, task_id which, std::uint64_t after, std::size_t credit,
                 std::shared_ptr<core::event_sink> sink, completion<core::subscription_ptr> done) override;
  void contexts(const caller& who, core::page_request want, completion<core::page<core::context_info>> done) override;
  void context(const caller& who, std::string id, completion<core::context_info> done) override;
  void context_messages(const caller& who, std::string id, core::page_request want,
                        completion<core::page<core::message>> done) override;
  void remove_context(const caller& who, std::string id, completion<void> done) override;

 private:
  template <class T, class Run>
  void read(completion<T> done, Run run);
  template <class T, class Run>
  void read_memory(completion<T> done, Run run);
  /// The journal of a task with durability none, if the caller may see it.
  void in_memory(const caller& who, task_id which, completion<core::loaded_task> done);
  void row(const caller& who, task_id which, completion<core::task_row> done);
  void ask_agent(const caller& who, core::submission what, completion<core::submitted_task> done);
  void replay_or_ask(const caller& who, core::submission what, completion<core::submitted_task> done, bool last_try);
  void settle(const caller& who, core::submitted_task first, milliseconds wait, completion<core::submitted_task> done);
  /// Goes on with the task as it is by now, and waits for the rest of the time.
  void look_again(const caller& who, core::submitted_task first, milliseconds rest, completion<core::submitted_task> done);
  /// Success answers when the task is settled, or after that long.
  completion<core::submitted_task> when_settled(const caller& who, milliseconds wait, completion<core::submitted_task> done);
  /// Calls `otherwise` unless the key was used before; then `done` gets the task that it led to.
  void replay_or(const caller& who, const core::idempotency& once, bool in_memory, completion<core::submitted_task> done,
                 callback<void(completion<core::submitted_task>)> otherwise);
  void send_new(const caller& who, task_id to, core::further_message what, std::optional<core::idempotency_record> once,
                completion<core::submitted_task> done);
  /// Looks among the task's events for the one that holds the message, beyond number `after`.
  void find_message(const caller& who, core::submitted_task made, message_mark said, std::uint64_t after,
                    completion<core::submitted_task> done);
  void input(core::task_row row, actors::task_input what, completion<core::submitted_task> done);
  error no_agent(const std::string& name) const;

  actors::ask_bridge& bridge_;
  const directory::directory& where_;
  const catalog::catalog& definitions_;
  const actors::environment& env_;
  std::shared_ptr<joint_reads> reads_ = std::make_shared<joint_reads>();  ///< with the reads under way, who may outlive us
  std::atomic<std::uint64_t> next_key_{1};
};

}  // namespace mofa::service
