#include "tests/support/conversation.hpp"

#include <cstdlib>
#include <sstream>

namespace mofa::test {
namespace {

http_answer demand(const std::optional<http_answer>& got, const std::string& what) {
  if (!got) throw unexpected_answer(what + ": no answer");
  return *got;
}

json expect(const http_answer& got, int status, const std::string& what) {
  auto body = body_of(got);
  if (got.status != status || body.is_discarded())
    throw unexpected_answer(what + ": " + std::to_string(got.status) + " " + got.body);
  return body;
}

}  // namespace

http_answer conversation::get(const std::string& path, const header_pairs& headers) {
  return demand(client_.get(path, headers), "GET " + path);
}

http_answer conversation::post(const std::string& path, const std::string& body, const header_pairs& headers) {
  return demand(client_.post(path, body, headers), "POST " + path);
}

http_answer conversation::remove(const std::string& path) {
  return demand(client_.request("DELETE", path), "DELETE " + path);
}

json conversation::read(const std::string& path) { return expect(get(path), 200, "GET " + path); }

json conversation::submit(const std::string& agent, const std::string& text, const json& more) {
  return expect(post("/api/v1/agents/" + agent + "/tasks", message_body(text, more)), 202, "submit to " + agent);
}

json conversation::ask(const std::string& agent, const std::string& text, const json& more) {
  const auto got = post("/api/v1/agents/" + agent + "/tasks", message_body(text, more), {{"Prefer", "wait=15"}});
  return expect(got, 200, "submit to " + agent + " and wait");
}

json conversation::tell(const std::string& task, const std::string& text) {
  return expect(post("/api/v1/tasks/" + task + "/messages", message_body(text)), 202, "message to " + task);
}

std::vector<stream_event> conversation::events(const std::string& task, std::uint64_t after) {
  const auto path = "/api/v1/tasks/" + task + "/events?after=" + std::to_string(after);
  event_stream stream{port_, "GET", path};
  auto out = stream.rest();
  if (!stream.complete())
    throw unexpected_answer("GET " + path + ": " + std::to_string(stream.status()) + ", cut off after " +
                            std::to_string(out.size()) + " events");
  return out;
}

json conversation::ended(const std::string& task) {
  (void)events(task);
  return read("/api/v1/tasks/" + task);
}

void conversation::until_state(const std::string& task, const std::string& state) {
  const auto path = "/api/v1/tasks/" + task + "/events";
  event_stream stream{port_, "GET", path};
  while (const auto one = stream.next())
    if (one->event == "status_changed" && json::parse(one->data)["data"]["state"] == state) return;
  throw unexpected_answer("GET " + path + ": " + std::to_string(stream.status()) + ", never " + state);
}

std::string state_of(const json& task) { return task.at("status").at("state"); }

std::string text_of(const json& task) {
  const auto& message = task.at("status").at("message");
  return message.is_null() ? std::string{} : message.at("parts").at(0).value("text", std::string{});
}

std::string id_of(const json& task) { return task.at("id"); }

double metric(conversation& with, const std::string& line) {
  std::istringstream lines{with.get("/metrics").body};
  for (std::string one; std::getline(lines, one);)
    if (one.starts_with(line)) return std::strtod(one.c_str() + one.rfind(' '), nullptr);
  return 0;
}

}  // namespace mofa::test
