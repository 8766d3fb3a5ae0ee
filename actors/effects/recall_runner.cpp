#include <algorithm>

#include "actors/effects/runners.hpp"
#include "actors/storage/read_job.hpp"
#include "protocols/core/spoken_text.hpp"

namespace mofa::effects {
namespace {

// What was said before the task, oldest first.
result<json> earlier_messages(core::store& from, const actors::run_effect& order) {
  const auto most = order.request.value("max_messages", 50);
  core::page_request want{std::max(1, most) * 2, {}};
  auto found = from.context_events(order.who, order.context_id, want);
  if (!found && found.error().code == errc::not_found) return json::array();
  if (!found) return std::move(found).error();
  std::vector<json> newest_first;
  for (const auto& event : found->items) {
    // Tasks that wait for their turn are journaled already: what they say comes later.
    if (!(event->task < order.task) || newest_first.size() == static_cast<std::size_t>(most)) continue;
    const auto data = json::parse(event->data, nullptr, false);
    if (!data.is_object() || !data.contains("message")) continue;
    const auto read = core::message_from_json(data.at("message"), "");
    if (!read) continue;
    using from_whom = core::model_message::from;
    const auto role = read->role == core::role::user ? from_whom::user : from_whom::assistant;
    std::string text;
    core::append_spoken(text, read->parts);
    newest_first.push_back(core::to_json(core::model_message{role, std::move(text), {}, {}, {}, false}));
  }
  auto out = json::array();
  for (auto one = newest_first.rbegin(); one != newest_first.rend(); ++one) out.push_back(std::move(*one));
  return out;
}

class recall_runner final : public runner {
 public:
  explicit recall_runner(const directory::directory& where) : where_(where) {}

  core::running_call_ptr start(const actors::run_effect& order, hooks to) override {
    auto done = std::make_shared<callback<void(effect_end)>>(std::move(to.done));
    storage::read(
        where_,
        [order, done](core::store& from) {
          (*done)({earlier_messages(from, order), {}, false});
        },
        [done] {
          (*done)({fail(errc::unavailable, "storage is restarting"), {}, false});
        });
    return nullptr;
  }

 private:
  const directory::directory& where_;
};

}  // namespace

std::unique_ptr<runner> make_recall_runner(const directory::directory& where) {
  return std::make_unique<recall_runner>(where);
}

}  // namespace mofa::effects
