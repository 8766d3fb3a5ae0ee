#include "tests/fuzz/fake_services.hpp"

#include "server/base/limits.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace mofa::fuzz {
namespace {

error unknown() { return fail(errc::not_found, "there is nothing here"); }

}  // namespace

using core::caller;
using core::completion;

void fake_tasks::submit(const caller&, core::submission, completion<core::submitted_task> done) { done(unknown()); }
void fake_tasks::send(const caller&, task_id, core::further_message, completion<core::submitted_task> done) {
  done(unknown());
}
void fake_tasks::cancel(const caller&, task_id, std::string, completion<core::task_ptr> done) { done(unknown()); }
void fake_tasks::get(const caller&, task_id, completion<core::task_ptr> done) { done(unknown()); }
void fake_tasks::await(const caller&, task_id, milliseconds, completion<core::task_ptr> done) { done(unknown()); }
void fake_tasks::list(const caller&, core::task_filter, core::page_request, completion<core::page<core::task_row>> done) {
  done(unknown());
}
void fake_tasks::remove(const caller&, task_id, completion<void> done) { done(unknown()); }
void fake_tasks::events(const caller&, task_id, std::uint64_t from, int limit,
                        completion<std::vector<core::event_ptr>> done) {
  claim(limit >= 1 && limit <= limits::page_max, "a page is not larger than allowed");
  after = from;
  done(std::vector<core::event_ptr>{});
}
void fake_tasks::subscribe(const caller&, task_id, std::uint64_t from, std::size_t, std::shared_ptr<core::event_sink>,
                           completion<core::subscription_ptr> done) {
  after = from;
  done(unknown());
}
void fake_tasks::contexts(const caller&, core::page_request, completion<core::page<core::context_info>> done) {
  done(unknown());
}
void fake_tasks::context(const caller&, std::string, completion<core::context_info> done) { done(unknown()); }
void fake_tasks::context_messages(const caller&, std::string, core::page_request,
                                  completion<core::page<core::message>> done) {
  done(unknown());
}
void fake_tasks::remove_context(const caller&, std::string, completion<void> done) { done(unknown()); }

void fake_agents::list(core::agent_filter, core::page_request, completion<core::page<core::agent_info>> done) {
  done(unknown());
}
void fake_agents::get(std::string, completion<core::agent_info> done) { done(unknown()); }
void fake_agents::versions(std::string, completion<std::vector<core::agent_version>> done) { done(unknown()); }
void fake_agents::actor(std::string, completion<core::agent_actor_info> done) { done(unknown()); }
void fake_agents::command(std::string, core::agent_command, completion<core::agent_actor_info> done) { done(unknown()); }
void fake_agents::apply(core::definition_change, completion<core::agent_info> done) { done(unknown()); }
void fake_agents::remove(std::string, std::optional<int>, bool, completion<bool> done) { done(unknown()); }
void fake_agents::supervision(completion<core::supervision_node> done) { done(unknown()); }

void fake_topics::publish(const caller&, core::publication what, completion<core::published> done) {
  claim(core::check_topic(what.topic).has_value(), "what is published has a topic:", what.topic);
  claim(what.durable || !what.once, "only what is kept is published once");
  done(unknown());
}
void fake_topics::list(const caller&, core::page_request, completion<core::page<core::topic_info>> done) { done(unknown()); }
void fake_topics::subscribe(const caller&, std::string, std::optional<std::uint64_t>, std::size_t,
                            std::shared_ptr<core::topic_sink>, completion<core::subscription_ptr> done) {
  done(unknown());
}

http::response answer_of(const http::route& asked, http::request what) {
  const bool server_ends = what.body.size() % 2 == 1;
  std::optional<http::response> got;
  const auto take = [&got](http::response answer) {
    claim(!got, "a question is answered once");
    got = std::move(answer);
  };
  asked.handle(std::move(what), take);
  claim(got.has_value(), "a question is answered");
  if (!got->wait) return std::move(*got);
  auto wait = *std::move(got->wait);
  got.reset();
  (server_ends ? wait.cut_short : wait.begin)(take);
  claim(got.has_value() && !got->wait, "a long wait ends with an answer");
  return std::move(*got);
}

}  // namespace mofa::fuzz
