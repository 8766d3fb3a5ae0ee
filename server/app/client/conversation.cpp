#include "server/app/client/conversation.hpp"

#include "server/base/ids.hpp"

namespace mofa::app::client {
namespace {

std::string json_text(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::string new_client_id() { return to_string(make_uuid7(system_clock{}.now())); }

outcome<shown> submit(session& with, const submission& what) {
  json body{{"message", what.text}};
  if (!what.data.is_null()) {
    auto parts = json::array({json{{"data", what.data}}});
    if (!what.text.empty()) parts.insert(parts.begin(), json{{"text", what.text}});
    body["message"] = {{"parts", std::move(parts)}};
  }
  if (!what.context.empty()) body["context_id"] = what.context;
  if (!what.priority.empty()) body["priority"] = what.priority;
  task_view view{with, {}, usual_transcript(with, false)};
  with.screen().busy("waiting");
  follow_start from;
  from.submit_path = "/api/v1/agents/" + path_segment(what.agent) + "/tasks";
  from.submit_body = json_text(body);
  return show_task(with, std::move(from), view);
}

outcome<shown> tell(session& with, const std::string& task, const std::string& text, std::uint64_t after) {
  const auto id = new_client_id();
  const json message{{"message_id", id}, {"role", "user"}, {"parts", json::array({json{{"text", text}}})}};
  auto request =
      with.request("POST", "/api/v1/tasks/" + path_segment(task) + "/messages", json_text({{"message", message}}));
  request.headers.push_back({"Idempotency-Key", id});
  if (const auto told = with.ask(std::move(request)); !told) return tl::unexpected{told.error()};
  task_view view{with, {.message_id = id}, usual_transcript(with, false)};
  follow_start from;
  from.task = task;
  from.after = after;
  return show_task(with, std::move(from), view);
}

}  // namespace mofa::app::client
