#include <fmt/format.h>

#include "protocols/core/event.hpp"
#include "server/app/client/commands.hpp"
#include "server/app/client/listing.hpp"
#include "server/app/client/task_view.hpp"

namespace mofa::app::client {
namespace {

constexpr std::size_t all_events = 10'000'000;

struct event_arguments {
  server_options server;
  std::string id;
  std::int64_t after = 0;
  bool follow = false;
};

void print(session& with, const json& event, const std::string& text) {
  with.screen().line(with.options().json ? text : event_line(event));
}

/// Each durable event a line, until the task has ended.
class event_printer final : public event_listener {
 public:
  explicit event_printer(session& with) : with_(with) {}
  void on_event(const json& event, const std::string& text) override {
    print(with_, event, text);
    const bool changed = text_member(event, "kind") == core::kinds::status_changed;
    const auto state = changed ? core::task_state_from(text_member(member(event, "data"), "state")) : std::nullopt;
    ended_ = ended_ || (state && core::is_terminal(*state));
  }
  void on_frame(const std::string&, const std::string&) override {}
  bool satisfied() const override { return ended_; }

 private:
  session& with_;
  bool ended_ = false;
};

outcome<int> follow_events(session& with, const event_arguments& wanted) {
  event_printer printer{with};
  follow_start from;
  from.task = wanted.id;
  from.after = static_cast<std::uint64_t>(wanted.after);
  const auto got = follow(with, std::move(from), printer);
  if (!got) return tl::unexpected{got.error()};
  return exit_code::done;
}

outcome<int> list_events(session& with, const event_arguments& wanted) {
  // The cursor of events is the number of the last one that was read.
  const auto after = wanted.after == 0 ? "" : std::to_string(wanted.after);
  const auto events = with.read_all("/api/v1/tasks/" + path_segment(wanted.id) + "/events", all_events, after);
  if (!events) return tl::unexpected{events.error()};
  for (const auto& each : *events) print(with, each.value, each.text);
  return exit_code::done;
}

}  // namespace

void add_events(const command& root) {
  const auto wanted = std::make_shared<event_arguments>();
  const auto events = root.sub("events", "The events of a task, a line each");
  events.text("ID", wanted->id, "The task", need::required);
  events.number("--after", wanted->after, "From the event after this one");
  events.flag("--follow", wanted->follow, "Go on until the task has ended");
  add_server_options(events, wanted->server);
  add_patience_option(events, wanted->server);
  events.does([wanted] {
    return in_session(wanted->server, [&](session& with) {
      return wanted->follow ? follow_events(with, *wanted) : list_events(with, *wanted);
    });
  });
}

}  // namespace mofa::app::client
