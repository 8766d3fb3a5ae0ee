#include <utility>

#include "protocols/a2a/operations.hpp"
#include "protocols/a2a/task_stream.hpp"

namespace mofa::a2a {

// The snapshot has a number, and the feed begins behind it: what happens in between is read from the journal.
void subscribe_to_task(call made, task_question asked) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  with_task(std::move(made), asked.id, [](call on, core::task_ptr found) {
    const auto& row = found->row;
    // A number that the task has not reached is not of this task: the client gets what it would get without.
    const bool resumes = on.after_event && *on.after_event <= row.last_seq && on.to.as() == version::v1_0;
    const auto after = resumes ? *on.after_event : row.last_seq;
    if (core::is_terminal(row.status.state) && after == row.last_seq)
      return on.to.fail(fault{fault_kind::unsupported_operation,
                              "task " + row.id.str() + " has ended (" + std::string{core::to_string(row.status.state)} +
                                  "): there is nothing to subscribe to; GetTask shows it",
                              {{"taskId", row.id.str()}}});
    auto told =
        std::make_unique<task_stream>(on.words, on.to.frames(), std::vector<std::string>{}, found, history_of(std::nullopt));
    if (resumes) told->resume();
    stream_events(std::move(on), row.id, after, std::move(told));
  });
}

}  // namespace mofa::a2a
