#include "actors/service/push_front.hpp"

#include <utility>

#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"

namespace mofa::service {
namespace {

using namespace mofa::actors;
using core::completion;
using core::push_config;

error restarting() { return fail(errc::unavailable, "storage is restarting; try again"); }

}  // namespace

template <class T, class Run>
void push_front::with_task(const core::caller& who, task_id task, completion<T> done, Run run) {
  auto shared = std::make_shared<completion<T>>(std::move(done));
  const auto lost = [shared] { (*shared)(restarting()); };
  if (!storage::is_volatile(task)) {
    return storage::read(
        where_,
        [shared, who, task, run = std::move(run)](core::store& from) mutable {
          const auto row = from.row(who, task);
          (*shared)(row ? run(from, *row) : result<T>{row.error()});
        },
        lost);
  }
  tasks_.get(who, task, [this, shared, lost, run = std::move(run)](result<core::task_ptr> found) mutable {
    if (!found) return (*shared)(std::move(found).error());
    storage::read(
        where_,
        [shared, task = *std::move(found), run = std::move(run)](core::store& from) mutable {
          (*shared)(run(from, task->row));
        },
        lost);
  });
}

// The deliveries are not asked, only told: they find it in the store, now or when they start.
void push_front::tell_deliveries(task_id task, const std::string& id) const {
  if (const auto room = where_.delivery()) caf::anon_send(room, push_changed{task, id});
}

result<void> push_front::check(const push_config& what) const {
  if (sender_ == nullptr) return fail(errc::unsupported, "this server delivers no push notifications");
  return sender_->check(what.url);
}

void push_front::create(const core::caller& who, push_config what, std::uint64_t after, completion<push_config> done) {
  if (what.id.empty()) what.id = to_string(make_uuid7(env_.time.now()));
  const auto task = what.task;
  with_task<push_config>(
      who, task, std::move(done),
      [this, what = std::move(what), after](core::store& to, const core::task_row& row) -> result<push_config> {
        core::open_push made{what, row.tenant, row.owner, row.context_id, after};
        if (auto kept = to.pushes().put(made, env_.time.now()); !kept) return std::move(kept).error();
        tell_deliveries(what.task, what.id);
        return what;
      });
}

void push_front::get(const core::caller& who, task_id task, std::string id, completion<push_config> done) {
  with_task<push_config>(who, task, std::move(done),
                         [task, id = std::move(id)](core::store& from, const core::task_row&) -> result<push_config> {
                           auto found = from.pushes().find(task, id);
                           if (!found) return std::move(found).error();
                           return std::move(found->config);
                         });
}

void push_front::list(const core::caller& who, task_id task, core::page_request want,
                      completion<core::page<push_config>> done) {
  with_task<core::page<push_config>>(
      who, task, std::move(done),
      [task, want = std::move(want)](core::store& from, const core::task_row&) { return from.pushes().list(task, want); });
}

void push_front::remove(const core::caller& who, task_id task, std::string id, completion<void> done) {
  with_task<void>(who, task, std::move(done),
                  [this, task, id = std::move(id)](core::store& from, const core::task_row&) -> result<void> {
                    if (auto gone = from.pushes().remove(task, id); !gone) return gone;
                    tell_deliveries(task, id);
                    return {};
                  });
}

}  // namespace mofa::service
