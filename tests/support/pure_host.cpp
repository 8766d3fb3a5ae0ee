#include "tests/support/pure_host.hpp"

#include <algorithm>
#include <exception>

namespace mofa::test {
namespace {

json message_of(const json& given) {
  if (given.is_string()) return {{"message_id", "m"}, {"role", "user"}, {"parts", {{{"text", given}}}}};
  return given;
}

}  // namespace

pure_host::pure_host(core::behaviour_ptr subject) : subject_(std::move(subject)), state_(subject_->initial()) {
  row.id = task_id::make(now);
  row.agent = "subject";
}

std::vector<std::string> pure_host::submit(const json& message) {
  return take("submitted",
              {{"message", message_of(message)}, {"agent", row.agent}, {"agent_version", 1}, {"context_id", "c"}});
}

std::vector<std::string> pure_host::send(const json& message) {
  return take("message_received", {{"message", message_of(message)}});
}

std::vector<std::string> pure_host::fire(const std::string& timer_id) {
  return take("timer_fired", {{"timer_id", timer_id}});
}

std::vector<std::string> pure_host::resolve(const std::string& effect_id, const json& value) {
  return take("effect_resolved", {{"effect_id", effect_id}, {"value", value}});
}

std::vector<std::string> pure_host::resolve_with_error(const std::string& effect_id, std::string_view code,
                                                       std::string_view detail) {
  return take("effect_resolved", {{"effect_id", effect_id}, {"error", {{"code", code}, {"detail", detail}}}});
}

std::vector<std::string> pure_host::take(std::string_view kind, const json& data) {
  const auto first = journal_.size();
  record(kind, data, 1);
  std::vector<std::string> decided;
  for (int attempt = 1; attempt <= attempts_max; ++attempt) {
    try {
      // The same fact has the same seed at each attempt.
      const core::fact what{kind, data, now, facts_, attempt};
      for (auto& draft : subject_->decide(row, *state_, what)) {
        decided.push_back(draft.kind);
        record(draft.kind, std::move(draft.data), draft.version);
      }
      break;
    } catch (const std::exception& crash) {
      record("behaviour_crashed", {{"reason", crash.what()}, {"attempt", attempt}}, 1);
    }
  }
  ++facts_;
  for (auto i = first; i < journal_.size(); ++i) subject_->apply(*state_, journal_[i], json::parse(journal_[i].data));
  return decided;
}

void pure_host::record(std::string_view kind, json data, int version) {
  const auto seq = journal_.size() + 1;
  const auto id = row.id.str() + "/" + std::to_string(seq);
  if (kind == "timer_set") data["timer_id"] = id;
  if (kind == "effect_requested") data["effect_id"] = id;
  if (kind == "status_changed") {
    row.status.state = core::task_state_from(data.at("state").get<std::string>()).value();
  }
  journal_.push_back({row.id, seq, std::string{kind}, version, now, data.dump()});
}

json pure_host::newest(std::string_view kind) const {
  const auto found = std::find_if(journal_.rbegin(), journal_.rend(), [&](const auto& one) { return one.kind == kind; });
  return found == journal_.rend() ? json{} : json::parse(found->data);
}

std::size_t pure_host::count(std::string_view kind) const {
  return static_cast<std::size_t>(
      std::count_if(journal_.begin(), journal_.end(), [&](const auto& one) { return one.kind == kind; }));
}

json pure_host::live() const { return subject_->save(*state_); }

json pure_host::folded() const {
  const auto state = subject_->initial();
  for (const auto& one : journal_) subject_->apply(*state, one, json::parse(one.data));
  return subject_->save(*state);
}

json pure_host::reloaded() const {
  const auto state = subject_->load(subject_->snapshot_version(), json::parse(live().dump()));
  return state ? subject_->save(*state) : json{};
}

void pure_host::restart() {
  state_ = subject_->initial();
  for (const auto& one : journal_) subject_->apply(*state_, one, json::parse(one.data));
}

}  // namespace mofa::test
