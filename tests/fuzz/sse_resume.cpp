// Resuming a feed: `Last-Event-ID`, `?after=` and `?cursor=` give exactly the number that they say, or a refusal.
//
// Input: a line for Last-Event-ID, one for the query, one for Accept; a line of a single '-' means that it is not sent.
#include <algorithm>
#include <string>

#include "tests/fuzz/fake_services.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using mofa::fuzz::claim;
namespace http = mofa::http;

constexpr std::string_view id = "0190163d-8694-739b-aea5-966c26f8ad91";

struct server {
  mofa::fuzz::fake_tasks tasks;
  mofa::fuzz::fake_agents agents;
  mofa::fuzz::fake_topics topics;
  http::route_table table = mofa::rest::routes({.tasks = tasks,
                                                .agents = agents,
                                                .topics = topics,
                                                .ready = [] { return mofa::rest::readiness{.ready = true, .reason = {}}; },
                                                .version = "1"});

  const http::route& events() const {
    return *std::find_if(table.begin(), table.end(), [](const auto& each) {
      return each.method == "GET" && each.pattern == "/api/v1/tasks/{id}/events";
    });
  }
};

/// The decimal number without leading zeros.
std::string_view plain(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

std::uint64_t asked_after(server& here, const http::request& from) {
  here.tasks.after.reset();
  auto answer = mofa::fuzz::answer_of(here.events(), from);
  if (answer.stream) {
    bool answered = false;
    answer.stream->open(16, nullptr, [&answered](mofa::result<mofa::core::subscription_ptr>) { answered = true; });
    claim(answered, "opening a feed is answered");
    const auto refusal = answer.stream->refuse(mofa::fail(mofa::errc::not_found, "gone"));
    claim(refusal.status == 404, "the refusal of a feed is the refusal of its route");
  } else if (answer.status != 200) {
    claim(answer.status == 406 || answer.status == 422, "a wrong number is 422, a wrong Accept 406:", answer.body);
    claim(!here.tasks.after, "what is refused asks nothing");
    return 0;
  }
  claim(here.tasks.after.has_value(), "what is not refused asks for events");
  return *here.tasks.after;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static server here;
  auto rest = mofa::fuzz::text_of(data, size);
  const auto last = mofa::fuzz::take(rest, '\n');
  const auto query = mofa::fuzz::take(rest, '\n');
  const auto accept = mofa::fuzz::take(rest, '\n');

  http::request from;
  from.method = "GET";
  from.path = "/api/v1/tasks/" + std::string{id} + "/events";
  from.parameters = {{"id", std::string{id}}};
  from.request_id = "r";
  if (query != "-") from.query = query;
  if (accept != "-") from.headers.emplace_back("accept", accept);
  if (last != "-") from.headers.emplace_back("last-event-id", last);

  const auto after = asked_after(here, from);
  if (!here.tasks.after) return 0;
  const auto number = std::to_string(after);
  // A page takes the number from the query, a feed from the header before the query.
  const bool from_header = last != "-" && number == plain(last);
  const auto value = from.query_value("after").value_or(from.query_value("cursor").value_or("0"));
  claim(from_header || number == plain(value), "the number is the one that was sent:", number);
  return 0;
}
