#include <algorithm>
#include <memory>
#include <utility>

#include "protocols/a2a/modes.hpp"
#include "protocols/a2a/operations.hpp"
#include "protocols/a2a/task_stream.hpp"
#include "protocols/core/settled.hpp"
#include "server/base/digest.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

// A task that runs into its timeout ends by itself: its own end is the better answer.
constexpr milliseconds after_timeout{5'000};

/// A message that is on its way to an agent.
struct errand {
  send_question asked;
  bool streams = false;
  bool further = false;           ///< the message is for a task that there is
  milliseconds wait{0};           ///< until the answer, however the task stands then
  core::task_ptr before;          ///< of a stream: the task that the message is for, as it was
  std::uint64_t message_seq = 0;  ///< number of the event that holds the message, once it is known
  std::uint64_t told_after = 1;   ///< who is registered with the message is told of the events behind that number
};

// --- checks

std::optional<fault> wrong_modes(const core::definition& agent, const send_question& asked) {
  const auto& offered = agent.shown.output_modes;
  const auto listed = [](const std::vector<std::string>& all) {
    std::string out;
    for (const auto& each : all) out += (out.empty() ? "" : ", ") + each;
    return out;
  };
  if (!any_fits(offered, asked.accepted_output_modes))
    return fault{fault_kind::content_type_not_supported,
                 "agent '" + agent.name + "' answers in " + listed(offered) + ": none of acceptedOutputModes"};
  for (const auto& part : asked.message.parts) {
    // Text that does not say which kind of text it is goes to an agent that takes any.
    const bool any_text = part.kind == core::part::type::text && part.media_type.empty();
    const auto type = any_text ? std::string{"text/*"} : media_type_of(part);
    if (any_fits(agent.shown.input_modes, {type})) continue;
    return fault{fault_kind::content_type_not_supported,
                 "agent '" + agent.name + "' takes " + listed(agent.shown.input_modes) + ", not " + type};
  }
  return std::nullopt;
}

/// The configuration that came with the message is of the same tenant and the same task as that, and may be registered.
std::optional<fault> wrong_push(const call& made, const send_question& asked) {
  if (!asked.push) return std::nullopt;
  if (auto wrong = wrong_tenant(made, asked.push->tenant)) return wrong;
  if (asked.push->task_id.empty() || asked.push->task_id == asked.task_id) return wrong_receiver(made, *asked.push);
  return fault{fault_kind::invalid_params,
               "the push notification configuration is of another task than the message",
               {},
               {{asked.push->path + "/taskId", "must be the message's taskId, or be left out"}}};
}

/// The id of a message as its key: among those that begin a task of the agent, or among those of one task. `context` is what
/// the client says of it where that makes a difference.
core::idempotency once_of(const call& made, const send_question& asked, const std::string& context) {
  const auto body = core::to_json(asked.message).dump(-1, ' ', false, core::json::error_handler_t::replace);
  auto operation = "a2a " + made.agent;
  if (!asked.task_id.empty()) operation += ' ' + asked.task_id;
  return {asked.message.message_id, std::move(operation), sha256_hex(body + '\n' + context)};
}

// --- answers

/// Whether the answer is the task's reply alone. Who waits for the end knows of no task so far; who does not may have been
/// told of it, by this send's answer the first time.
bool is_direct(const errand& job, const core::task& task) {
  return !job.further && (job.asked.return_immediately ? replied_at_once(task) : is_reply_alone(task));
}

void answer(call made, const errand& job, const core::task& task) {
  auto text = made.to.begin();
  if (is_direct(job, task)) {
    made.words.append_sent_message(text, *task.reply, {{}, task.row.context_id});
  } else {
    made.words.append_sent_task(text, task, {history_of(job.asked.history_length)});
  }
  made.to.send(std::move(text));
}

/// The task as it was when it had been submitted: what happened since follows as events.
core::task_ptr at_first(const core::task& now) {
  auto out = std::make_shared<core::task>();
  out->row = now.row;
  out->row.status = {core::task_state::submitted, {}, std::nullopt, now.row.created_at};
  out->row.last_seq = 1;
  if (!now.history.empty()) out->history.push_back(now.history.front());
  return out;
}

/// The task that has just got the message: the question that it answers is not asked any more.
core::task_ptr with_message(core::task before, const core::message& said, time_point at) {
  auto out = std::make_shared<core::task>(std::move(before));
  out->history.push_back(said);
  if (core::is_interrupted(out->row.status.state)) out->row.status = {core::task_state::working, {}, std::nullopt, at};
  return out;
}

/// What a stream begins with: the task when the message came, where the events behind that can be told one by one; else the
/// task as it is. `now` is cut to what the client accepts, and so is what comes of it.
core::task_ptr beginning(const errand& job, const core::task& now) {
  // A history that has overflown has lost its first message.
  if (!job.further && !now.history.empty() && now.history.size() < limits::history_window) return at_first(now);
  // What happened between the look at the task and the message would be told behind a task that has the message already.
  if (job.before && job.message_seq == job.before->row.last_seq + 1)
    return with_message(shown_task(*job.before, job.asked.accepted_output_modes), job.asked.message, now.row.updated_at);
  return std::make_shared<const core::task>(now);
}

void stream(call made, errand job, const core::task& task) {
  std::string text;
  if (!job.further && replied_at_once(task)) {
    made.words.append_sent_message(text, *task.reply, {{}, task.row.context_id});
    return made.to.stream_of_one(std::move(text));
  }
  const auto known = beginning(job, task);
  if (core::is_terminal(known->row.status.state)) {
    made.words.append_sent_task(text, *known, {history_of(job.asked.history_length)});
    return made.to.stream_of_one(std::move(text));
  }
  auto told = std::make_unique<task_stream>(made.words, made.to.frames(), std::move(job.asked.accepted_output_modes), known,
                                            history_of(job.asked.history_length));
  stream_events(std::move(made), task.row.id, known->row.last_seq, std::move(told));
}

void show(call made, errand job, const core::task& task) {
  const auto& modes = job.asked.accepted_output_modes;
  const auto shown = modes.empty() ? std::nullopt : std::optional{shown_task(task, modes)};
  const auto& what = shown ? *shown : task;
  if (job.streams) return stream(std::move(made), std::move(job), what);
  answer(std::move(made), job, what);
}

/// What the port itself waits for, while the request has its place in the gate: nothing when there is something to do as
/// soon as the message is taken.
milliseconds wait_at_once(const errand& job) {
  return job.streams || job.asked.push ? milliseconds{0} : std::min(job.wait, http::short_wait);
}

/// Who waits on: the call, but for the place of its answer.
struct waiter {
  const services& server;
  core::caller who;
  std::string agent;
  const codec& words;
  errand job;
  core::task_ptr first;  ///< what was asked for has been done: it is shown if a later look fails

  /// Whether the wait was as long as it should be or not, the task as it is then is the answer.
  core::completion<core::task_ptr> when_there(reply to) const {
    return [mine = *this, to = std::move(to)](result<core::task_ptr> got) mutable {
      const auto task = got ? *std::move(got) : std::move(mine.first);
      show({mine.server, std::move(mine.who), std::move(mine.agent), mine.words, std::move(to), false, std::nullopt},
           std::move(mine.job), *task);
    };
  }
};

void wait_and_show(call made, errand job, core::task_ptr task) {
  const auto rest = job.wait - wait_at_once(job);
  if (job.streams || rest <= milliseconds{0} || core::is_settled(task->row))
    return show(std::move(made), std::move(job), *task);
  const auto id = task->row.id;
  auto to = std::move(made.to);
  const auto from = std::make_shared<const waiter>(
      waiter{made.server, std::move(made.who), std::move(made.agent), made.words, std::move(job), std::move(task)});
  to.wait(
      [from, id, rest](reply later) { from->server.tasks.await(from->who, id, rest, from->when_there(std::move(later))); },
      [from, id](reply later) { from->server.tasks.get(from->who, id, from->when_there(std::move(later))); });
}

core::push_config config_of(const call& made, const errand& job, task_id task) {
  auto out = config_for(task, job.asked.push->config, made.words.version());
  // Neither a message that is sent again nor a further one configures what is there a second time.
  if (out.id.empty()) out.id = task.str();
  return out;
}

/// The task is there, but nobody is told of it: the client must know both.
fault untold(const error& why, task_id task) {
  auto out = fault_of(why);
  out.message = "the message was taken, but its push notification configuration was not: " + why.detail;
  out.metadata.emplace_back("taskId", task.str());
  return out;
}

// Who is to be told of the task is known before anybody waits for it, and not before the message is taken: of one that is
// refused nobody is told. Should the process end in between, the client has no answer: sent to its task again, the message
// changes nothing, and its receiver is told what came behind the first one.
void accepted(call made, errand job, core::submitted_task got) {
  job.message_seq = got.message_seq;
  if (!job.asked.push) return wait_and_show(std::move(made), std::move(job), std::move(got.task));
  if (job.message_seq > 0) job.told_after = job.message_seq;
  const auto id = got.task->row.id;
  auto config = config_of(made, job, id);
  auto& pushes = made.server.pushes;
  const auto who = made.who;
  pushes.create(
      who, std::move(config), job.told_after,
      [made = std::move(made), job = std::move(job), task = std::move(got.task)](result<core::push_config> kept) mutable {
        if (!kept) return made.to.fail(untold(kept.error(), task->row.id));
        wait_and_show(std::move(made), std::move(job), std::move(task));
      });
}

/// A message id that was used for other words is a mistake of the client's, who knows of no Idempotency-Key.
fault refusal(const error& why) {
  if (why.code != errc::idempotency_mismatch) return fault_of(why);
  return {fault_kind::invalid_params,
          "this messageId was used for another message; take a new one",
          {},
          {{"/message/messageId", "was used for another message"}}};
}

/// The message on its way to the task. It may be large, and the answer long in coming: it is kept only for a stream of a
/// task that goes on, which shows it.
core::message handed_over(errand& job) {
  if (job.before) return job.asked.message;
  return std::move(job.asked.message);
}

core::completion<core::submitted_task> then(call made, errand job) {
  return [made = std::move(made), job = std::move(job)](result<core::submitted_task> got) mutable {
    if (!got) return made.to.fail(refusal(got.error()));
    accepted(std::move(made), std::move(job), *std::move(got));
  };
}

// --- questions

void begin_task(call made, errand job) {
  core::submission what;
  what.agent = made.agent;
  what.context_id = job.asked.context_id;
  if (made.once) what.idempotency = once_of(made, job.asked, job.asked.context_id);
  what.message = handed_over(job);
  what.metadata = std::move(job.asked.metadata);
  what.wait = wait_at_once(job);
  auto& tasks = made.server.tasks;
  const auto who = made.who;
  tasks.submit(who, std::move(what), then(std::move(made), std::move(job)));
}

void tell_task(call made, errand job, task_id id) {
  core::further_message what;
  if (made.once) what.idempotency = once_of(made, job.asked, {});
  what.message = handed_over(job);
  what.metadata = std::move(job.asked.metadata);
  what.wait = wait_at_once(job);
  auto& tasks = made.server.tasks;
  const auto who = made.who;
  tasks.send(who, id, std::move(what), then(std::move(made), std::move(job)));
}

/// When there is no room for its configuration, nothing is said.
void tell_if_there_is_room(call made, errand job, task_id id) {
  constexpr auto most = limits::push_configs_max;
  auto& pushes = made.server.pushes;
  const auto who = made.who;
  pushes.list(who, id, {static_cast<int>(most), {}},
              [made = std::move(made), job = std::move(job), id](result<core::page<core::push_config>> got) mutable {
                if (!got) return made.to.fail(got.error());
                const auto name = config_of(made, job, id).id;
                const auto is_it = [&](const core::push_config& each) { return each.id == name; };
                if (got->items.size() >= most && std::none_of(got->items.begin(), got->items.end(), is_it))
                  return made.to.fail(fail(errc::limit_exceeded, "the task has all " + std::to_string(most) +
                                                                     " push notification configurations that it may have; "
                                                                     "delete one first. The message was not taken"));
                tell_task(std::move(made), std::move(job), id);
              });
}

void continue_task(call made, errand job, core::task_ptr before) {
  const auto row = before->row;
  if (!job.asked.context_id.empty() && job.asked.context_id != row.context_id)
    return made.to.fail(fault{fault_kind::invalid_params,
                              "task " + row.id.str() + " is of another context",
                              {},
                              {{"/message/contextId", "must be the context of the task, or be left out"}}});
  // The repetition of the message that ended it is answered by its key.
  if (core::is_terminal(row.status.state) && !made.once)
    return made.to.fail(fault{fault_kind::unsupported_operation,
                              "task " + row.id.str() + " has ended (" + std::string{core::to_string(row.status.state)} +
                                  "); send the message without taskId for a new task of the same context",
                              {{"taskId", row.id.str()}}});
  job.further = true;
  if (job.streams) job.before = std::move(before);
  job.told_after = row.last_seq;
  if (!job.asked.push) return tell_task(std::move(made), std::move(job), row.id);
  tell_if_there_is_room(std::move(made), std::move(job), row.id);
}

void run(call made, send_question asked, bool streams) {
  if (auto wrong = wrong_tenant(made, asked.tenant)) return made.to.fail(*wrong);
  if (auto wrong = wrong_push(made, asked)) return made.to.fail(*wrong);
  auto& agents = made.server.agents;
  auto name = made.agent;
  agents.get(std::move(name),
             [made = std::move(made), asked = std::move(asked), streams](result<core::agent_info> found) mutable {
               if (!found) return made.to.fail(no_such_agent(made, found.error()));
               const auto& agent = *found->definition;
               if (auto wrong = wrong_modes(agent, asked)) return made.to.fail(*wrong);
               errand job;
               job.asked = std::move(asked);
               job.streams = streams;
               if (!streams && !job.asked.return_immediately) job.wait = agent.limits.timeout + after_timeout;
               if (job.asked.task_id.empty()) return begin_task(std::move(made), std::move(job));
               const auto id = job.asked.task_id;
               with_task(std::move(made), id, [job = std::move(job)](call on, core::task_ptr before) mutable {
                 continue_task(std::move(on), std::move(job), std::move(before));
               });
             });
}

}  // namespace

void send_message(call made, send_question asked) { run(std::move(made), std::move(asked), false); }
void send_streaming_message(call made, send_question asked) { run(std::move(made), std::move(asked), true); }

}  // namespace mofa::a2a
