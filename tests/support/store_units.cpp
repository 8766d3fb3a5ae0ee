#include "tests/support/store_units.hpp"

#include <atomic>
#include <nlohmann/json.hpp>

namespace mofa::test {

time_point after(std::int64_t seconds) { return time_point{milliseconds{1'700'000'000'000 + seconds * 1000}}; }

namespace {

/// An id of just that moment: task_id::make never goes back in time, as tests do.
task_id id_at(time_point at) {
  static std::atomic<std::uint64_t> count{0};
  uuid_bytes bytes = uuid7_floor(at);
  const std::uint64_t nr = ++count;
  for (std::size_t i = 0; i < 7; ++i) bytes[15 - i] = static_cast<std::uint8_t>(nr >> (8 * i));
  return task_id{bytes};
}

}  // namespace

task_story::task_story(std::uint64_t of_epoch, time_point at) : epoch(of_epoch) {
  row.id = id_at(at);
  row.tenant = "default";
  row.owner = "local";
  row.agent = "echo";
  row.agent_version = 1;
  row.context_id = "context of " + row.id.str();
  row.created_at = row.updated_at = row.status.timestamp = at;
}

core::append_unit task_story::step_with(core::task_state state, const std::vector<core::event_draft>& events) {
  core::append_unit unit;
  unit.epoch = epoch;
  unit.expected_seq = row.last_seq;
  for (const auto& draft : events) {
    auto event = std::make_shared<core::event>();
    event->task = row.id;
    event->seq = ++row.last_seq;
    event->kind = draft.kind;
    event->version = draft.version;
    event->at = row.updated_at;
    event->data = draft.data.dump();
    unit.events.push_back(std::move(event));
  }
  row.decided_seq = row.last_seq;
  row.status.state = state;
  row.status.timestamp = row.updated_at;
  unit.row = row;
  return unit;
}

core::append_unit task_story::step(core::task_state state, const std::vector<std::string>& kinds) {
  std::vector<core::event_draft> drafts;
  for (const auto& kind : kinds) {
    drafts.push_back({kind, {{"of", row.id.str()}, {"nr", row.last_seq + drafts.size() + 1}}});
  }
  return step_with(state, drafts);
}

core::append_unit task_story::whole() {
  return step(core::task_state::completed, {"submitted", "replied", "status_changed"});
}

core::append_outcome append_one(core::store& into, const core::append_unit& unit) {
  auto outcomes = into.append({&unit, 1});
  return std::move(outcomes.front());
}

core::caller caller_of(const std::string& principal, const std::string& tenant) { return {tenant, principal, 0}; }

core::caller admin_of(const std::string& tenant) { return {tenant, "root", static_cast<unsigned>(core::scope::admin)}; }

}  // namespace mofa::test
