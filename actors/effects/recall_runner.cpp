#include <algorithm>
#include <tuple>

#include "actors/effects/runners.hpp"
#include "actors/storage/memory_journal.hpp"
#include "actors/storage/read_job.hpp"
#include "actors/storage/volatile_id.hpp"
#include "protocols/core/spoken_text.hpp"

namespace mofa::effects {
namespace {

using events = std::vector<core::event_ptr>;
using finish = std::shared_ptr<callback<void(effect_end)>>;

std::size_t most_of(const actors::run_effect& order) {
  return static_cast<std::size_t>(std::max(1, order.request.value("max_messages", 50)));
}

// What was said before the task, newest first. Tasks that wait for their turn are journaled already: what they say comes
// later.
result<events> stored_messages(core::store& from, const actors::run_effect& order) {
  const core::page_request want{static_cast<int>(most_of(order)) * 2, {}};
  auto found = from.context_events(order.who, order.context_id, want);
  if (!found && found.error().code == errc::not_found) return events{};
  if (!found) return std::move(found).error();
  std::erase_if(found->items, [&](const auto& each) { return !(each->task < order.task); });
  return std::move(found->items);
}

std::optional<json> told(const core::event& what) {
  const auto data = json::parse(what.data, nullptr, false);
  if (!data.is_object() || !data.contains("message")) return std::nullopt;
  const auto read = core::message_from_json(data.at("message"), "");
  if (!read) return std::nullopt;
  using from_whom = core::model_message::from;
  const auto role = read->role == core::role::user ? from_whom::user : from_whom::assistant;
  std::string text;
  core::append_spoken(text, read->parts);
  return core::to_json(core::model_message{role, std::move(text), {}, {}, {}, false});
}

// The newest ones, oldest first.
json conversation(events all, std::size_t most) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a->at, a->task, a->seq) < std::tie(b->at, b->task, b->seq);
  });
  std::vector<json> newest_first;
  for (auto each = all.rbegin(); each != all.rend() && newest_first.size() < most; ++each)
    if (auto one = told(**each)) newest_first.push_back(*std::move(one));
  auto out = json::array();
  for (auto each = newest_first.rbegin(); each != newest_first.rend(); ++each) out.push_back(std::move(*each));
  return out;
}

class recall_runner final : public runner {
 public:
  explicit recall_runner(const directory::directory& where) : where_(where) {}

  core::running_call_ptr start(const actors::run_effect& order, hooks to) override {
    auto done = std::make_shared<callback<void(effect_end)>>(std::move(to.done));
    if (!storage::is_volatile(order.task)) {
      read_stored(where_, order, {}, std::move(done));
      return nullptr;
    }
    // What its agent keeps in memory only is no less part of the conversation.
    storage::read_memory(
        where_.feeds(),
        [&where = where_, order, done](const storage::memory_journal& from) {
          read_stored(where, order, from.context_events(order.who, order.context_id, order.task, most_of(order)), done);
        },
        [done] { restarting(done); });
    return nullptr;
  }

 private:
  static void restarting(const finish& done) { (*done)({fail(errc::unavailable, "storage is restarting"), {}, false}); }

  // The feeds may call it when this runner is gone; the directory outlives both.
  static void read_stored(const directory::directory& where, const actors::run_effect& order, events others, finish done) {
    storage::read(
        where,
        [order, others = std::move(others), done](core::store& from) {
          auto found = stored_messages(from, order);
          if (!found) return (*done)({std::move(found).error(), {}, false});
          found->insert(found->end(), others.begin(), others.end());
          (*done)({conversation(*std::move(found), most_of(order)), {}, false});
        },
        [done] { restarting(done); });
  }

  const directory::directory& where_;
};

}  // namespace

std::unique_ptr<runner> make_recall_runner(const directory::directory& where) {
  return std::make_unique<recall_runner>(where);
}

}  // namespace mofa::effects
