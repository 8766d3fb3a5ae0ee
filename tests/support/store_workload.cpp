#include "tests/support/store_workload.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace mofa::test {
namespace {

constexpr const char* operation = "POST /tasks";

std::vector<std::string> texts_of(const std::vector<core::event_ptr>& events) {
  std::vector<std::string> texts;
  for (const auto& event : events) texts.push_back(core::to_json_text(*event));
  return texts;
}

}  // namespace

bool store_workload::own(core::store& of) {
  const auto epoch = of.acquire_ownership();
  if (epoch) epoch_ = *epoch;
  return epoch.has_value();
}

store_workload::known_task& store_workload::pick() {
  if (!tasks_.empty() && random_() % 2 == 0) {
    auto& found = tasks_[random_() % tasks_.size()];
    if (!found.retired) return found;
  }
  return tasks_.emplace_back(task_story{epoch_, after(static_cast<std::int64_t>(tasks_.size()))});
}

core::append_unit store_workload::next_unit(known_task& of, task_story& story) {
  story.epoch = epoch_;
  const bool first = story.row.last_seq == 0;
  const bool ends = random_() % 3 == 0;
  std::vector<core::event_draft> drafts;
  for (std::size_t i = 0; i <= random_() % 3; ++i) {
    drafts.push_back({"a.note", {{"nr", story.row.last_seq + i + 1}, {"pad", std::string(random_() % 1500, 'x')}}, 1});
  }
  auto unit = story.step_with(ends ? core::task_state::completed : core::task_state::working, drafts);
  if (first) unit.idempotency = {"default", "local", {story.id().str(), operation, "hash"}, after(0)};
  if (!ends) unit.timers_set = {{story.id().str() + "/" + std::to_string(of.timers), story.id(), "echo", after(1)}};
  if (random_() % 5 == 0) unit.snapshot = core::snapshot{unit.row.last_seq, "{}"};
  return unit;
}

void store_workload::run(core::store& on, int groups) {
  for (int group = 0; group < groups; ++group) {
    std::vector<core::append_unit> units;
    std::vector<std::size_t> of;
    std::vector<task_story> stories;
    for (std::size_t i = 0; i <= random_() % 6; ++i) {
      auto& task = pick();
      const auto at = static_cast<std::size_t>(&task - tasks_.data());
      if (std::find(of.begin(), of.end(), at) != of.end()) continue;
      // The task moves on only when the store says so.
      auto story = task.story;
      units.push_back(next_unit(task, story));
      of.push_back(at);
      stories.push_back(std::move(story));
    }
    const auto outcomes = on.append(units);
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (outcomes[i]) tasks_[of[i]].story = stories[i];
      learn(tasks_[of[i]], units[i], outcomes[i]);
    }
  }
}

void store_workload::learn(known_task& of, const core::append_unit& unit, const core::append_outcome& outcome) {
  const auto texts = texts_of(unit.events);
  const bool ended = core::is_terminal(unit.row.status.state);
  if (outcome) {
    ++acknowledged_;
    of.events.insert(of.events.end(), texts.begin(), texts.end());
    of.timers = ended ? 0 : of.timers + 1;
    of.retired = ended;
    return;
  }
  ++failures_[outcome.error().code];
  if (outcome.error().code != errc::unknown_outcome) return;
  of.maybe = texts;
  of.retired = true;
}

std::string store_workload::check(core::store& in, const known_task& of, std::size_t timers) {
  const std::string name = "task " + of.story.id().str() + ": ";
  const auto loaded = in.load(of.story.id());
  if (!loaded && loaded.error().code != errc::not_found) return name + loaded.error().detail;
  const auto key = in.find_idempotent("default", "local", operation, of.story.id().str());
  if (!key || key->has_value() != loaded.has_value()) return name + "the idempotency record is there without it, or missing";
  if (!loaded) return of.events.empty() ? "" : name + "acknowledged and lost";

  const auto stored = in.events(of.story.id(), 0, 100'000);
  if (!stored) return name + stored.error().detail;
  const auto texts = texts_of(*stored);
  auto with_maybe = of.events;
  with_maybe.insert(with_maybe.end(), of.maybe.begin(), of.maybe.end());
  if (texts != with_maybe && (texts != of.events || of.events.empty())) {
    return name + std::to_string(texts.size()) + " events are there, " + std::to_string(of.events.size()) +
           " were acknowledged";
  }
  if (loaded->row.last_seq != texts.size()) return name + "row and events differ";
  if (of.maybe.empty() && timers != of.timers) return name + "other timers than it set";
  return "";
}

std::string store_workload::check(core::store& in) const {
  const auto timers = in.timers(after(2), 100'000);
  if (!timers) return timers.error().detail;
  std::map<task_id, std::size_t> timers_of;
  for (const auto& each : *timers) ++timers_of[each.task];
  std::set<task_id> known;
  for (const auto& each : tasks_) {
    known.insert(each.story.id());
    if (auto wrong = check(in, each, timers_of[each.story.id()]); !wrong.empty()) return wrong;
  }
  const auto all = in.list(admin_of(), {}, {100'000, ""});
  if (!all) return all.error().detail;
  for (const auto& row : all->items) {
    if (!known.contains(row.id)) return "task " + row.id.str() + ": nobody made it";
  }
  return "";
}

}  // namespace mofa::test
