#include "tests/unit/protocols/websocket/harness.hpp"

namespace mofa::websocket::testing {

core::task_ptr some_task(const std::string& id) {
  auto out = std::make_shared<core::task>();
  out->row.id = *task_id::parse(id);
  out->row.agent = "echo";
  out->row.context_id = "c-1";
  out->row.last_seq = 2;
  return out;
}

core::event_ptr some_event(std::uint64_t seq, std::string data) {
  auto out = std::make_shared<core::event>();
  out->task = *task_id::parse(some_id);
  out->seq = seq;
  out->kind = "message_added";
  out->data = std::move(data);
  return out;
}

core::topic_message_ptr some_message(std::uint64_t seq, std::string data) {
  auto out = std::make_shared<core::topic_message>();
  out->seq = seq;
  out->tenant = "default";
  out->publisher = "bob";
  out->topic = "orders.eu";
  out->data = std::move(data);
  return out;
}

namespace {

struct handle final : core::subscription {
  explicit handle(std::shared_ptr<opening> of_) : of(std::move(of_)) {}
  ~handle() override { of->left = true; }
  void grant(std::size_t count) override { of->credit += count; }
  std::shared_ptr<opening> of;
};

}  // namespace

void opening::open(std::shared_ptr<opening> self) {
  done(core::subscription_ptr{std::make_unique<handle>(std::move(self))});
}

void watched::event(core::event_ptr what) {
  REQUIRE(credit > 0);
  --credit;
  sink->on_event(std::move(what));
}

void heard::message(core::topic_message_ptr what, std::uint64_t dropped) {
  REQUIRE(credit > 0);
  --credit;
  sink->on_message(std::move(what), dropped);
}

template <class T>
void fake_tasks::reply(core::completion<T> done, T value) {
  if (dropped) return;
  auto shared = std::make_shared<core::completion<T>>(std::move(done));
  std::function<void()> now = [shared, value = std::move(value), why = failure] {
    if (why)
      (*shared)(*why);
    else
      (*shared)(value);
  };
  if (held)
    later.push_back(std::move(now));
  else
    now();
}

void fake_tasks::submit(const core::caller&, core::submission what, core::completion<core::submitted_task> done) {
  asked.push_back("submit " + what.agent + " " + what.message.text());
  reply(std::move(done), core::submitted_task{some_task(), false});
}

void fake_tasks::send(const core::caller&, task_id to, core::further_message what,
                      core::completion<core::submitted_task> done) {
  CHECK_FALSE(what.idempotency);
  asked.push_back("send " + to.str() + " " + what.message.text());
  reply(std::move(done), core::submitted_task{some_task(), false});
}

void fake_tasks::cancel(const core::caller&, task_id which, std::string reason, core::completion<core::task_ptr> done) {
  asked.push_back("cancel " + which.str() + " " + reason);
  reply(std::move(done), some_task());
}

void fake_tasks::subscribe(const core::caller&, task_id which, std::uint64_t after, std::size_t credit,
                           std::shared_ptr<core::event_sink> sink, core::completion<core::subscription_ptr> done) {
  asked.push_back("subscribe " + which.str() + " " + std::to_string(after));
  if (dropped) return;
  if (failure) return done(*failure);
  auto made = std::make_shared<watched>();
  made->after = after;
  made->credit = credit;
  made->sink = std::move(sink);
  made->done = std::move(done);
  feeds[which.str()] = std::move(made);
}

// The dialect asks none of these.
void fake_tasks::get(const core::caller&, task_id, core::completion<core::task_ptr>) { FAIL("get"); }
void fake_tasks::await(const core::caller&, task_id, milliseconds, core::completion<core::task_ptr>) { FAIL("await"); }
void fake_tasks::list(const core::caller&, core::task_filter, core::page_request,
                      core::completion<core::page<core::task_row>>) {
  FAIL("list");
}
void fake_tasks::remove(const core::caller&, task_id, core::completion<void>) { FAIL("remove"); }
void fake_tasks::events(const core::caller&, task_id, std::uint64_t, int, core::completion<std::vector<core::event_ptr>>) {
  FAIL("events");
}
void fake_tasks::contexts(const core::caller&, core::page_request, core::completion<core::page<core::context_info>>) {
  FAIL("contexts");
}
void fake_tasks::context(const core::caller&, std::string, core::completion<core::context_info>) { FAIL("context"); }
void fake_tasks::context_messages(const core::caller&, std::string, core::page_request,
                                  core::completion<core::page<core::message>>) {
  FAIL("context_messages");
}
void fake_tasks::remove_context(const core::caller&, std::string, core::completion<void>) { FAIL("remove_context"); }

void fake_topics::subscribe(const core::caller& who, std::string pattern, std::optional<std::uint64_t> after,
                            std::size_t credit, std::shared_ptr<core::topic_sink> sink,
                            core::completion<core::subscription_ptr> done) {
  asked.push_back(who.principal + " subscribe " + pattern + (after ? " after " + std::to_string(*after) : " from now on"));
  if (dropped) return;
  if (failure) return done(*failure);
  auto made = std::make_shared<heard>();
  made->after = after;
  made->credit = credit;
  made->sink = std::move(sink);
  made->done = std::move(done);
  feeds[pattern] = std::move(made);
}

// The dialect asks none of these.
void fake_topics::publish(const core::caller&, core::publication, core::completion<core::published>) { FAIL("publish"); }
void fake_topics::list(const core::caller&, core::page_request, core::completion<core::page<core::topic_info>>) {
  FAIL("list");
}

harness::harness(bounds within, unsigned scopes)
    : talk(
          tasks, topics, core::caller{"default", "ada", scopes}, "r-1", [this] { ++rings; }, within) {}

std::vector<core::json> harness::operator()(const std::string& frame) {
  talk.hear(frame);
  return said();
}

core::json harness::one(const std::string& frame) {
  const auto all = (*this)(frame);
  REQUIRE(all.size() == 1);
  return all.front();
}

std::vector<core::json> harness::said() {
  std::vector<core::json> out;
  while (auto text = talk.say()) {
    out.push_back(core::json::parse(*text, nullptr, false));
    REQUIRE_MESSAGE(out.back().is_object(), *text);
  }
  return out;
}

std::shared_ptr<watched> harness::follow(const std::string& task, const std::string& id) {
  talk.hear(R"({"type":"subscribe","id":)" + id + R"(,"task_id":")" + task + "\"}");
  return opened(tasks.feeds.at(task), id);
}

std::shared_ptr<heard> harness::listen(const std::string& pattern, const std::string& id) {
  talk.hear(R"({"type":"subscribe","id":)" + id + R"(,"topic":")" + pattern + "\"}");
  return opened(topics.feeds.at(pattern), id);
}

}  // namespace mofa::websocket::testing
