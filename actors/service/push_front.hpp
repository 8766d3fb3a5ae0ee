// The front of the actors for push configurations: implements the port that protocols ask, by asking the store's readers,
// and tells the deliveries what has changed. Owned by the kernel; called by gateway threads. Thread-safe; completions are
// called on reader threads.
#pragma once

#include "actors/directory/directory.hpp"
#include "actors/system/environment.hpp"
#include "protocols/core/ports/push_sender.hpp"
#include "protocols/core/ports/push_service.hpp"

namespace mofa::service {

class push_front final : public core::push_service {
 public:
  /// `sender`: of the deliveries, must outlive it; without one no configuration is taken.
  push_front(core::task_service& tasks, const directory::directory& where, const actors::environment& env,
             const core::push_sender* sender)
      : tasks_(tasks), where_(where), env_(env), sender_(sender) {}

  result<void> check(const core::push_config& what) const override;
  void create(const core::caller& who, core::push_config what, std::uint64_t after,
              core::completion<core::push_config> done) override;
  void get(const core::caller& who, task_id task, std::string id, core::completion<core::push_config> done) override;
  void list(const core::caller& who, task_id task, core::page_request want,
            core::completion<core::page<core::push_config>> done) override;
  void remove(const core::caller& who, task_id task, std::string id, core::completion<void> done) override;

 private:
  /// Runs `run` on a reader with the task's row, if the caller may see the task.
  template <class T, class Run>
  void with_task(const core::caller& who, task_id task, core::completion<T> done, Run run);
  void tell_deliveries(task_id task, const std::string& id) const;

  core::task_service& tasks_;
  const directory::directory& where_;
  const actors::environment& env_;
  const core::push_sender* sender_;
};

}  // namespace mofa::service
