#include "protocols/rest/reply.hpp"

#include "protocols/http/problem.hpp"

namespace mofa::rest {

void reply::fail(const error& why) { send(http::problem(why, instance_, request_id_)); }

void reply::stream(core::task_service& tasks, core::caller who, task_id which, std::uint64_t after,
                   http::header_list headers) {
  http::event_stream feed;
  feed.open = [&tasks, who = std::move(who), which, after](std::size_t credit, std::shared_ptr<core::event_sink> sink,
                                                           core::completion<core::subscription_ptr> done) {
    tasks.subscribe(who, which, after, credit, std::move(sink), std::move(done));
  };
  feed.refuse = [instance = instance_, request_id = request_id_](const error& why) {
    return http::problem(why, instance, request_id);
  };
  send({.status = 200,
        .headers = std::move(headers),
        .body = {},
        .content_type = "text/event-stream",
        .stream = std::move(feed)});
}

void reply::wait(callback<void(reply)> begin, callback<void(reply)> cut_short) {
  const auto asker = [this](callback<void(reply)> what) {
    return [instance = instance_, request_id = request_id_, what = std::move(what)](http::responder to) mutable {
      what(reply{std::move(instance), std::move(request_id), std::move(to)});
    };
  };
  http::response out;
  out.wait = http::long_wait{asker(std::move(begin)), asker(std::move(cut_short))};
  send(std::move(out));
}

}  // namespace mofa::rest
