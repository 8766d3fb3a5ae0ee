#include "actors/service/task_front.hpp"

#include <algorithm>
#include <utility>

#include "actors/service/live_subscription.hpp"
#include "actors/service/merged_page.hpp"
#include "actors/storage/memory_journal.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "actors/task/journaled_task.hpp"
#include "protocols/core/settled.hpp"
#include "protocols/core/visibility.hpp"
#include "server/base/digest.hpp"
#include "server/base/limits.hpp"
#include "server/base/nearest.hpp"

namespace mofa::service {
namespace {

using namespace mofa::actors;
using std::chrono::steady_clock;

// A commit takes milliseconds; who waits longer than this waits for a part that hangs.
constexpr std::chrono::seconds answer_within{10};
// Feeds that have been replaced do not know who waits: a long wait looks at the task itself from time to time.
constexpr milliseconds look_every{30'000};

steady_clock::time_point deadline() { return steady_clock::now() + answer_within; }

error restarting() { return fail(errc::unavailable, "storage is restarting; try again"); }

error no_task(task_id which) { return fail(errc::not_found, "no task " + which.str()); }

core::task_ptr view_of(const core::loaded_task& loaded) {
  return std::make_shared<const core::task>(task::journaled_task::fold(loaded).view());
}

result<core::loaded_task> seen_in(const storage::memory_journal& from, const caller& who, task_id which) {
  const auto* found = from.find(which);
  if (found == nullptr || !core::may_see(who, found->row)) return no_task(which);
  return *found;
}

// With the body: what another body says under the same key is another message, and meets the key's record.
std::string keyed_id(const caller& who, const core::idempotency& once) {
  const auto all = who.tenant + '\0' + who.principal + '\0' + once.operation + '\0' + once.key + '\0' + once.body_hash;
  return "once-" + sha256_hex(all).substr(0, 32);
}

}  // namespace

task_front::task_front(ask_bridge& bridge, const directory::directory& where, const catalog::catalog& definitions,
                       const environment& env)
    : bridge_(bridge), where_(where), definitions_(definitions), env_(env) {}

// --- reading -----------------------------------------------------------------------------------------------------------

template <class T, class Run>
void task_front::read(completion<T> done, Run run) {
  auto shared = std::make_shared<completion<T>>(std::move(done));
  storage::read(
      where_, [shared, run = std::move(run)](core::store& from) mutable { (*shared)(run(from)); },
      [shared] { (*shared)(restarting()); });
}

template <class T, class Run>
void task_front::read_memory(completion<T> done, Run run) {
  auto shared = std::make_shared<completion<T>>(std::move(done));
  storage::read_memory(
      where_.feeds(), [shared, run = std::move(run)](const storage::memory_journal& from) mutable { (*shared)(run(from)); },
      [shared] { (*shared)(restarting()); });
}

void task_front::in_memory(const caller& who, task_id which, completion<core::loaded_task> done) {
  read_memory<core::loaded_task>(std::move(done),
                                 [who, which](const storage::memory_journal& from) { return seen_in(from, who, which); });
}

void task_front::row(const caller& who, task_id which, completion<core::task_row> done) {
  if (!storage::is_volatile(which))
    return read<core::task_row>(std::move(done), [who, which](core::store& from) { return from.row(who, which); });
  in_memory(who, which, [done = std::move(done)](result<core::loaded_task> loaded) mutable {
    if (!loaded) return done(std::move(loaded).error());
    done(std::move(loaded->row));
  });
}

void task_front::get(const caller& who, task_id which, completion<core::task_ptr> done) {
  // Those in memory are cheap to find, and the order of the feeds' mailbox holds for each who asks.
  if (storage::is_volatile(which)) {
    return in_memory(who, which, [done = std::move(done)](result<core::loaded_task> loaded) mutable {
      if (!loaded) return done(std::move(loaded).error());
      done(view_of(*loaded));
    });
  }
  if (!reads_->join(which, {who, std::move(done)})) return;
  const auto lost = [reads = reads_, which] {
    for (auto& each : reads->take(which)) each.done(restarting());
  };
  storage::read(
      where_,
      [reads = reads_, which](core::store& from) {
        const auto seen = [&](const caller& by) { return from.row(by, which); };
        answer_all(reads->take(which), seen, [&]() -> result<core::task_ptr> {
          const auto loaded = from.load(which);
          if (!loaded) return loaded.error();
          return view_of(*loaded);
        });
      },
      lost);
}

void task_front::list(const caller& who, core::task_filter filter, core::page_request want,
                      completion<core::page<core::task_row>> done) {
  using page = core::page<core::task_row>;
  read_memory<page>(
      [this, who, filter, want, done = std::move(done)](result<page> memory) mutable {
        if (!memory) return done(std::move(memory).error());
        auto stored = [who, filter = std::move(filter), want,
                       memory = std::move(*memory)](core::store& from) mutable -> result<page> {
          auto found = from.list(who, filter, want);
          if (!found) return found;
          return merged(std::move(*found), std::move(memory), filter, static_cast<std::size_t>(want.limit));
        };
        read<page>(std::move(done), std::move(stored));
      },
      [who, filter, want](const storage::memory_journal& from) { return from.list(who, filter, want); });
}

void task_front::events(const caller& who, task_id which, std::uint64_t after, int limit,
                        completion<std::vector<core::event_ptr>> done) {
  const auto count = static_cast<std::size_t>(limit);
  if (!storage::is_volatile(which)) {
    using page = std::vector<core::event_ptr>;
    return read<page>(std::move(done), [who, which, after, count](core::store& from) -> result<page> {
      auto seen = from.row(who, which);
      if (!seen) return std::move(seen).error();
      return from.events(which, after, count);
    });
  }
  in_memory(who, which, [done = std::move(done), after, count](result<core::loaded_task> loaded) mutable {
    if (!loaded) return done(std::move(loaded).error());
    std::vector<core::event_ptr> page;
    for (const auto& event : loaded->events)
      if (event->seq > after && page.size() < count) page.push_back(event);
    done(std::move(page));
  });
}

void task_front::contexts(const caller& who, core::page_request want, completion<core::page<core::context_info>> done) {
  read<core::page<core::context_info>>(std::move(done), [who, want](core::store& from) { return from.contexts(who, want); });
}

void task_front::context(const caller& who, std::string id, completion<core::context_info> done) {
  read<core::context_info>(std::move(done), [who, id = std::move(id)](core::store& from) { return from.context(who, id); });
}

void task_front::context_messages(const caller& who, std::string id, core::page_request want,
                                  completion<core::page<core::message>> done) {
  using messages = core::page<core::message>;
  read<messages>(std::move(done), [who, id = std::move(id), want](core::store& from) -> result<messages> {
    auto seen = from.context(who, id);
    if (!seen) return std::move(seen).error();
    auto found = from.context_events(who, id, want);
    if (!found) return std::move(found).error();
    messages out;
    out.next_cursor = std::move(found->next_cursor);
    for (const auto& event : found->items) {
      const auto data = core::json::parse(event->data, nullptr, false);
      if (!data.is_object() || !data.contains("message")) continue;
      if (auto message = core::message_from_json(data.at("message"), "")) out.items.push_back(std::move(*message));
    }
    return out;
  });
}

// --- changing ----------------------------------------------------------------------------------------------------------

error task_front::no_agent(const std::string& name) const {
  const auto names = definitions_.names();
  const std::vector<std::string_view> known{names.begin(), names.end()};
  std::string text = "no agent '" + name + "'";
  if (const auto near = nearest_name(name, known)) text += "; did you mean '" + std::string{*near} + "'?";
  return fail(errc::not_found, std::move(text));
}

void task_front::submit(const caller& who, core::submission what, completion<core::submitted_task> done) {
  if (!definitions_.find(what.agent)) return done(no_agent(what.agent));
  auto then = when_settled(who, what.wait, std::move(done));
  if (what.idempotency) return replay_or_ask(who, std::move(what), std::move(then), false);
  ask_agent(who, std::move(what), std::move(then));
}

void task_front::ask_agent(const caller& who, core::submission what, completion<core::submitted_task> done) {
  const auto agent = where_.agent_to_send(what.agent);
  if (!agent) return done(fail(errc::unavailable, "agent '" + what.agent + "' is restarting; try again"));
  bridge_.ask<task_reply>(agent, submit_request{who, std::move(what)}, deadline(),
                          [done = std::move(done)](result<task_reply> reply) mutable {
                            if (!reply) return done(std::move(reply).error());
                            done(std::move(reply->value));
                          });
}

// A key that was used already continues on the task that it made.
void task_front::replay_or(const caller& who, const core::idempotency& once, bool in_memory,
                           completion<core::submitted_task> done,
                           callback<void(completion<core::submitted_task>)> otherwise) {
  using hit = std::optional<core::idempotent_hit>;
  completion<hit> then = [this, who, hash = once.body_hash, done = std::move(done),
                          otherwise = std::move(otherwise)](result<hit> found) mutable {
    if (!found) return done(std::move(found).error());
    if (!*found) return otherwise(std::move(done));
    if ((*found)->body_hash != hash)
      return done(fail(errc::idempotency_mismatch, "this Idempotency-Key was used with another body; take a new key"));
    get(who, (*found)->task, [done = std::move(done)](result<core::task_ptr> task) mutable {
      if (!task) return done(std::move(task).error());
      done(core::submitted_task{std::move(*task), true});
    });
  };
  if (in_memory)
    return read_memory<hit>(std::move(then), [who, once](const storage::memory_journal& from) -> result<hit> {
      return from.find_idempotent(who.tenant, who.principal, once);
    });
  read<hit>(std::move(then), [who, once](core::store& from) {
    return from.find_idempotent(who.tenant, who.principal, once.operation, once.key);
  });
}

void task_front::replay_or_ask(const caller& who, core::submission what, completion<core::submitted_task> done,
                               bool last_try) {
  const auto once = *what.idempotency;
  const auto agent = definitions_.find(what.agent);
  const bool in_memory = agent && agent->current.definition->durability == core::durability::none;
  replay_or(who, once, in_memory, std::move(done),
            [this, who, what = std::move(what), last_try](completion<core::submitted_task> then) mutable {
              auto again = what;
              ask_agent(who, std::move(what),
                        [this, who, again = std::move(again), then = std::move(then),
                         last_try](result<core::submitted_task> made) mutable {
                          // Another request with the same key came in between the look and the commit.
                          const bool lost = !made && made.error().code == errc::conflict && !last_try;
                          if (lost) return replay_or_ask(who, std::move(again), std::move(then), true);
                          then(std::move(made));
                        });
            });
}

completion<core::submitted_task> task_front::when_settled(const caller& who, milliseconds wait,
                                                          completion<core::submitted_task> done) {
  if (wait <= milliseconds{0}) return done;
  return [this, who, wait, done = std::move(done)](result<core::submitted_task> made) mutable {
    if (!made || core::is_settled(made->task->row)) return done(std::move(made));
    settle(who, std::move(*made), wait, std::move(done));
  };
}

// Answers when the task is settled, or as it is when the wait is over or cannot go on.
void task_front::settle(const caller& who, core::submitted_task first, milliseconds wait,
                        completion<core::submitted_task> done) {
  const auto key = next_key_.fetch_add(1, std::memory_order_relaxed);
  const auto id = first.task->row.id;
  const auto after = first.task->row.last_seq;
  const auto feeds = where_.feeds();
  const auto span = std::min(wait, look_every);
  bridge_.ask<task_reply>(
      feeds, await_request{key, id, after, span}, deadline() + span,
      [this, who, rest = wait - span, first = std::move(first), done = std::move(done)](result<task_reply> reply) mutable {
        if (reply && reply->value) return done(core::submitted_task{reply->value->task, first.replayed, first.message_seq});
        const auto why = reply ? reply->value.error().code : reply.error().code;
        if (why != errc::timeout) rest = milliseconds{0};
        look_again(who, std::move(first), rest, std::move(done));
      });
  // It may have been settled before the feed was asked.
  row(who, id, [this, who, id, feeds, key, after](result<core::task_row> now) {
    if (!now || now->last_seq <= after || !core::is_settled(*now)) return;
    get(who, id, [feeds, key](result<core::task_ptr> found) {
      if (!found || !core::is_settled((*found)->row)) return;
      caf::anon_send(feeds, await_checked{key, task_reply{core::submitted_task{*std::move(found)}}});
    });
  });
}

void task_front::look_again(const caller& who, core::submitted_task first, milliseconds rest,
                            completion<core::submitted_task> done) {
  const auto id = first.task->row.id;
  get(who, id, [this, who, rest, first = std::move(first), done = std::move(done)](result<core::task_ptr> now) mutable {
    // What was asked for has been done, whatever becomes of the look.
    const bool gone = !now && now.error().code == errc::not_found;
    if (now) first.task = *std::move(now);
    when_settled(who, gone ? milliseconds{0} : rest, std::move(done))(std::move(first));
  });
}

void task_front::await(const caller& who, task_id which, milliseconds wait, completion<core::task_ptr> done) {
  get(who, which, [this, who, wait, done = std::move(done)](result<core::task_ptr> found) mutable {
    if (!found) return done(std::move(found).error());
    auto then = when_settled(who, wait, [done = std::move(done)](result<core::submitted_task> settled) mutable {
      if (!settled) return done(std::move(settled).error());
      done(std::move(settled->task));
    });
    then(core::submitted_task{std::move(*found)});
  });
}

void task_front::input(core::task_row to, task_input what, completion<core::submitted_task> done) {
  const auto agent = where_.agent_to_send(to.agent);
  if (!agent) return done(fail(errc::unavailable, "agent '" + to.agent + "' is not there at present; its tasks wait"));
  what.task = to.id;
  bridge_.ask<task_reply>(agent, std::move(what), deadline(), [done = std::move(done)](result<task_reply> reply) mutable {
    if (!reply) return done(std::move(reply).error());
    done(std::move(reply->value));
  });
}

void task_front::send(const caller& who, task_id to, core::further_message what, completion<core::submitted_task> done) {
  auto& said = what.message;
  // With a key the id is made of it: a repeat finds the message again.
  if (said.message_id.empty())
    said.message_id = what.idempotency ? keyed_id(who, *what.idempotency) : to_string(make_uuid7(env_.time.now()));
  completion<core::submitted_task> then =
      [this, who, mark = mark_of(said),
       done = when_settled(who, what.wait, std::move(done))](result<core::submitted_task> made) mutable {
        // What was said before has its number in the journal.
        if (!made || made->message_seq > 0) return done(std::move(made));
        find_message(who, std::move(*made), std::move(mark), 0, std::move(done));
      };
  if (what.idempotency) {
    const auto key = *what.idempotency;
    // Its time is before the look-up, for who decides between two at one time.
    core::idempotency_record once{who.tenant, who.principal, key, env_.time.now()};
    return replay_or(
        who, key, storage::is_volatile(to), std::move(then),
        [this, who, to, what = std::move(what), once = std::move(once)](completion<core::submitted_task> otherwise) mutable {
          send_new(who, to, std::move(what), std::move(once), std::move(otherwise));
        });
  }
  send_new(who, to, std::move(what), std::nullopt, std::move(then));
}

void task_front::find_message(const caller& who, core::submitted_task made, message_mark said, std::uint64_t after,
                              completion<core::submitted_task> done) {
  const auto task = made.task->row.id;
  events(who, task, after, static_cast<int>(limits::event_page),
         [this, who, made = std::move(made), said = std::move(said),
          done = std::move(done)](result<std::vector<core::event_ptr>> page) mutable {
           // The message is there, whatever becomes of the search.
           if (!page) return done(std::move(made));
           for (const auto& one : *page) {
             if (!holds(*one, said)) continue;
             made.message_seq = one->seq;
             return done(std::move(made));
           }
           if (page->size() < limits::event_page) return done(std::move(made));
           find_message(who, std::move(made), std::move(said), page->back()->seq, std::move(done));
         });
}

void task_front::send_new(const caller& who, task_id to, core::further_message what,
                          std::optional<core::idempotency_record> once, completion<core::submitted_task> done) {
  row(who, to,
      [this, what = std::move(what), once = std::move(once), done = std::move(done)](result<core::task_row> found) mutable {
        if (!found) return done(std::move(found).error());
        if (core::is_terminal(found->status.state))
          return done(fail(errc::task_terminal, "the task is " + std::string{to_string(found->status.state)}));
        task_input order;
        order.kind = task_input::type::message;
        order.message = std::move(what.message);
        order.data = std::move(what.metadata);
        order.once = std::move(once);
        input(std::move(*found), std::move(order), std::move(done));
      });
}

void task_front::cancel(const caller& who, task_id which, std::string reason, completion<core::task_ptr> done) {
  row(who, which, [this, reason = std::move(reason), done = std::move(done)](result<core::task_row> found) mutable {
    if (!found) return done(std::move(found).error());
    task_input order;
    order.kind = task_input::type::cancel;
    order.text = std::move(reason);
    input(std::move(*found), std::move(order), [done = std::move(done)](result<core::submitted_task> reply) mutable {
      if (!reply) return done(std::move(reply).error());
      done(std::move(reply->task));
    });
  });
}

void task_front::remove(const caller& who, task_id which, completion<void> done) {
  if (!storage::is_volatile(which))
    return read<void>(std::move(done), [who, which](core::store& from) { return from.remove(who, which); });
  bridge_.ask<done_reply>(where_.feeds(), volatile_remove{who, which}, deadline(),
                          [done = std::move(done)](result<done_reply> reply) mutable {
                            if (!reply) return done(std::move(reply).error());
                            done(std::move(reply->value));
                          });
}

void task_front::remove_context(const caller& who, std::string id, completion<void> done) {
  read<void>(std::move(done), [who, id = std::move(id)](core::store& from) { return from.remove_context(who, id); });
}

void task_front::subscribe(const caller& who, task_id which, std::uint64_t after, std::size_t credit,
                           std::shared_ptr<core::event_sink> sink, completion<core::subscription_ptr> done) {
  row(who, which,
      [this, which, after, credit, sink = std::move(sink), done = std::move(done)](result<core::task_row> found) mutable {
        if (!found) return done(std::move(found).error());
        if (core::is_terminal(found->status.state) && found->last_seq <= after)
          return done(
              fail(errc::task_terminal, "the task has ended; there is nothing after event " + std::to_string(after)));
        const auto feeds = where_.feeds();
        if (!feeds) return done(restarting());
        const auto key = next_key_.fetch_add(1, std::memory_order_relaxed);
        // First the handle, then the events: a sink is never called before its owner can answer.
        auto wanted = std::make_shared<const char>('\0');
        subscribe_request request{key, which, after, credit, std::move(sink), wanted};
        done(core::subscription_ptr{std::make_unique<live_subscription<feeds_actor>>(feeds, key, std::move(wanted))});
        caf::anon_send(feeds, std::move(request));
      });
}

}  // namespace mofa::service
