#include <array>

#include "protocols/core/fields.hpp"
#include "protocols/http/headers.hpp"
#include "protocols/rest/body.hpp"
#include "protocols/rest/handlers.hpp"
#include "protocols/rest/query.hpp"

namespace mofa::rest {
namespace {

/// Everything that a publication says, in its path, its headers and its body.
result<core::publication> read(http::request& from) {
  if (auto checked = no_query(from); !checked) return std::move(checked).error();
  const auto topic = from.parameter("topic");
  if (auto sound = core::check_topic(topic); !sound) return core::invalid_fields({{"{topic}", sound.error().detail}});
  auto once = http::idempotency_of(from);
  if (!once) return std::move(once).error();
  auto what = read_publication(from);
  if (!what) return std::move(what).error();
  // What is not kept cannot be told from its repetition.
  if (*once && !what->durable)
    return core::invalid_fields({{"Idempotency-Key", "needs a message that is kept; add \"durable\": true"}});
  what->topic = topic;
  what->once = std::move(*once);
  return what;
}

void publish(core::topic_service& topics, http::request& from, reply to) {
  auto what = read(from);
  if (!what) return to.fail(what.error());
  topics.publish(from.caller, std::move(*what), [to = std::move(to)](result<core::published> got) mutable {
    if (!got) return to.fail(got.error());
    http::header_list headers;
    if (got->replayed) headers.emplace_back("Idempotency-Replayed", "true");
    to.json(200, encode(*got), std::move(headers));
  });
}

void list(core::topic_service& topics, const http::request& from, reply to) {
  static constexpr std::array<std::string_view, 2> known{"limit", "cursor"};
  query_reader query{from, known};
  auto want = query.page();
  if (auto checked = query.finish(); !checked) return to.fail(checked.error());
  topics.list(from.caller, std::move(want), answer<core::page<core::topic_info>>(std::move(to)));
}

}  // namespace

void add_topic_routes(http::route_table& table, core::topic_service& topics) {
  table.push_back(
      {"POST", "/api/v1/topics/{topic}", core::scope::tasks_write, [&topics](http::request from, http::responder respond) {
         publish(topics, from, reply{from, std::move(respond)});
       }});
  table.push_back({"GET", "/api/v1/topics", core::scope::tasks_read, [&topics](http::request from, http::responder respond) {
                     list(topics, from, reply{from, std::move(respond)});
                   }});
}

}  // namespace mofa::rest
