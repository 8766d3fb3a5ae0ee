#include "protocols/websocket/conversation.hpp"

#include <utility>

#include "protocols/websocket/encode.hpp"
#include "protocols/websocket/subscriber.hpp"

namespace mofa::websocket {
namespace {

const core::task& task_of(const core::submitted_task& from) { return *from.task; }
const core::task& task_of(const core::task_ptr& from) { return *from; }

std::string noun_of(const source& what) { return what.task ? "task" : "topic"; }

/// The completion of a question that is answered with a task. Its end without a call is a failure.
class ticket {
 public:
  ticket(std::string id, std::string request_id, std::shared_ptr<outbox> to)
      : id_(std::move(id)), request_id_(std::move(request_id)), to_(std::move(to)) {}
  ticket(ticket&&) noexcept = default;
  ticket& operator=(ticket&&) = delete;
  ~ticket() {
    if (to_) put(error_frame(id_, fail(errc::internal, "the request was dropped without an answer"), request_id_));
  }

  template <class T>
  void operator()(result<T> got) {
    if (!to_) return;
    put(got ? ack(id_, task_of(*got)) : error_frame(id_, got.error(), request_id_));
  }

 private:
  void put(std::string text) { std::exchange(to_, nullptr)->put(answered{std::move(text)}); }

  std::string id_;
  std::string request_id_;
  std::shared_ptr<outbox> to_;
};

}  // namespace

conversation::conversation(core::task_service& tasks, core::topic_service& topics, core::caller who, std::string request_id,
                           std::function<void()> ring, bounds within)
    : tasks_(tasks),
      topics_(topics),
      who_(std::move(who)),
      request_id_(std::move(request_id)),
      within_(within),
      outbox_(std::make_shared<outbox>(within.outbox_bytes, std::move(ring))) {}

void conversation::hear(std::string_view text) {
  auto frame = read_frame(text);
  outbox_->expect();
  if (!frame.what) return refuse(frame.id, frame.what.error());
  const auto scope = scope_of(*frame.what);
  if (scope && !who_.has(*scope)) {
    return refuse(frame.id, fail(errc::forbidden, "the key '" + who_.principal + "' lacks the scope '" +
                                                      std::string{core::to_string(*scope)} + "'"));
  }
  std::visit([&](auto& what) { ask(std::move(frame.id), std::move(what)); }, *frame.what);
}

bool conversation::listens() const { return outbox_->unanswered() < within_.unanswered && !outbox_->crowded(); }

void conversation::ask(std::string id, submit_order what) {
  tasks_.submit(who_, std::move(what.what), ticket{std::move(id), request_id_, outbox_});
}

void conversation::ask(std::string id, message_order what) {
  tasks_.send(who_, what.to, {std::move(what.what)}, ticket{std::move(id), request_id_, outbox_});
}

void conversation::ask(std::string id, cancel_order what) {
  tasks_.cancel(who_, what.which, std::move(what.reason), ticket{std::move(id), request_id_, outbox_});
}

void conversation::ask(std::string id, const subscribe_order& what) {
  if (const auto there = subscribers_.find(what.to); there != subscribers_.end()) {
    return refuse(id, fail(errc::conflict, "this connection follows the " + noun_of(what.to) + " already, since frame " +
                                               there->second->id() + "; unsubscribe first"));
  }
  if (subscribers_.size() >= within_.subscriptions) {
    return refuse(id, fail(errc::limit_exceeded, "at most " + std::to_string(within_.subscriptions) +
                                                     " subscriptions on one connection; unsubscribe from another one"));
  }
  if (what.to.task) return follow_task(std::move(id), what);
  follow_topic(std::move(id), what);
}

void conversation::follow_task(std::string id, const subscribe_order& what) {
  const auto made = std::make_shared<task_subscriber>(std::move(id), what.to, within_.credit, outbox_);
  subscribers_.emplace(what.to, made);
  tasks_.subscribe(who_, *what.to.task, what.after.value_or(0), within_.credit, made, completion_for(made, outbox_));
}

void conversation::follow_topic(std::string id, const subscribe_order& what) {
  const auto made = std::make_shared<topic_subscriber>(std::move(id), what.to, within_.credit, outbox_);
  subscribers_.emplace(what.to, made);
  topics_.subscribe(who_, what.to.topic, what.after, within_.credit, made, completion_for(made, outbox_));
}

void conversation::ask(std::string id, const unsubscribe_order& what) {
  const auto found = subscribers_.find(what.from);
  if (found == subscribers_.end())
    return refuse(id, fail(errc::not_found, "this connection does not follow that " + noun_of(what.from)));
  found->second->leave();
  subscribers_.erase(found);
  answer(ack(id));
}

void conversation::ask(std::string id, ping_order) { answer(pong(id)); }

std::optional<std::string> conversation::say() {
  while (auto next = outbox_->take()) {
    if (auto text = std::visit([this](auto& what) { return text_of(std::move(what)); }, *next)) return text;
  }
  return std::nullopt;
}

std::optional<std::string> conversation::text_of(answered what) { return std::move(what.text); }

std::optional<std::string> conversation::text_of(opened what) {
  auto& who = *what.to;
  if (who.has_left()) return error_frame(who.id(), fail(errc::conflict, "unsubscribed before it began"), request_id_);
  if (!what.feed) {
    forget(who);
    return error_frame(who.id(), what.feed.error(), request_id_);
  }
  who.join(*std::move(what.feed));
  return ack(who.id());
}

std::optional<std::string> conversation::text_of(const happened& what) {
  if (what.to->has_left()) return std::nullopt;
  what.to->event_taken();
  return event_frame(what.to->id(), *what.what);
}

std::optional<std::string> conversation::text_of(const shown& what) {
  what.to->frame_taken();
  if (what.to->has_left()) return std::nullopt;
  return live_frame(what.to->id(), what.what);
}

std::optional<std::string> conversation::text_of(const published& what) {
  if (what.to->has_left()) return std::nullopt;
  what.to->event_taken(core::credits_of(*what.what));
  return event_frame(what.to->id(), *what.what, what.dropped);
}

std::optional<std::string> conversation::text_of(const ended& what) {
  if (what.to->has_left()) return std::nullopt;
  forget(*what.to);
  if (!what.why) return std::nullopt;
  return error_frame(what.to->id(), *what.why, request_id_);
}

void conversation::end() {
  outbox_->close();
  for (const auto& [from, each] : subscribers_) each->leave();
  subscribers_.clear();
}

void conversation::answer(std::string text) { outbox_->put(answered{std::move(text)}); }

void conversation::refuse(std::string_view id, const error& why) { answer(error_frame(id, why, request_id_)); }

void conversation::forget(const subscriber& who) {
  const auto found = subscribers_.find(who.from());
  const auto last = found->second;
  subscribers_.erase(found);
  last->leave();
}

}  // namespace mofa::websocket
