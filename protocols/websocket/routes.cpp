#include "protocols/websocket/routes.hpp"

#include "protocols/http/problem.hpp"
#include "protocols/http/upgrade.hpp"
#include "protocols/websocket/conversation.hpp"

namespace mofa::websocket {
namespace {

void begin(core::task_service& tasks, core::topic_service& topics, http::request from, http::responder respond) {
  if (!from.query.empty()) {
    return respond(http::problem(fail(errc::invalid, "this path takes no query parameters"), from.path, from.request_id));
  }
  if (auto refused = http::refuse_upgrade(from)) return respond(*std::move(refused));
  http::response out;
  out.status = 101;
  out.upgrade.emplace();
  out.upgrade->key = from.header("sec-websocket-key").value_or("");
  out.upgrade->open = [&tasks, &topics, who = std::move(from.caller),
                       request_id = std::move(from.request_id)](std::function<void()> ring) mutable {
    return std::make_shared<conversation>(tasks, topics, std::move(who), std::move(request_id), std::move(ring));
  };
  respond(std::move(out));
}

}  // namespace

http::route_table routes(core::task_service& tasks, core::topic_service& topics) {
  http::route_table out;
  // Who may only write tasks follows nothing: REST is enough then.
  out.push_back(
      {"GET", "/api/v1/ws", core::scope::tasks_read, [&tasks, &topics](http::request from, http::responder respond) {
         begin(tasks, topics, std::move(from), std::move(respond));
       }});
  return out;
}

}  // namespace mofa::websocket
