#include "server/store/sqlite/task_columns.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace mofa::store {
namespace {

using core::json;

error corrupt(const task_id& which, const char* what) {
  return fail(errc::corrupt, "task " + which.str() + ": its stored " + what + " cannot be read");
}

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

result<void> read_status(const statement& row, core::task_row& into) {
  const auto state = core::task_state_from(row.text(9));
  if (!state) return corrupt(into.id, "state");
  into.status.state = *state;
  into.status.code = row.text(10);
  into.status.timestamp = row.time(12);
  if (row.is_null(11)) return {};
  const auto parsed = json::parse(row.text(11), nullptr, false);
  auto message = core::message_from_json(parsed, "/message");
  if (!message) return corrupt(into.id, "message");
  into.status.message = *std::move(message);
  return {};
}

result<void> read_labels(const statement& row, core::task_row& into) {
  if (row.is_null(20)) return {};
  const auto parsed = json::parse(row.text(20), nullptr, false);
  if (!parsed.is_object()) return corrupt(into.id, "labels");
  for (const auto& [key, value] : parsed.items()) {
    if (!value.is_string()) return corrupt(into.id, "labels");
    into.labels.emplace(key, value.get_ref<const std::string&>());
  }
  return {};
}

}  // namespace

result<core::task_row> read_task(const statement& row) {
  core::task_row out;
  out.id = row.id(0);
  out.tenant = row.text(1);
  out.owner = row.text(2);
  out.agent = row.text(3);
  out.agent_version = static_cast<int>(row.integer(4));
  out.context_id = row.text(5);
  if (!row.is_null(6)) out.parent_id = row.id(6);
  out.created_at = row.time(7);
  out.durability = row.integer(8) == 0 ? core::durability::sync : core::durability::none;
  if (auto read = read_status(row, out); !read) return read.error();
  const auto priority = core::priority_from(row.text(13));
  if (!priority) return corrupt(out.id, "priority");
  out.priority = *priority;
  out.updated_at = row.time(14);
  out.usage = {row.integer(15), row.integer(16), row.integer(17), row.integer(18), row.integer(19)};
  if (auto read = read_labels(row, out); !read) return read.error();
  out.last_seq = static_cast<std::uint64_t>(row.integer(21));
  out.decided_seq = static_cast<std::uint64_t>(row.integer(22));
  out.wake = row.integer(23) != 0;
  return out;
}

core::event_ptr read_event(const statement& row) {
  auto out = std::make_shared<core::event>();
  out->task = row.id(0);
  out->seq = static_cast<std::uint64_t>(row.integer(1));
  out->kind = row.text(2);
  out->version = static_cast<int>(row.integer(3));
  out->at = row.time(4);
  out->data = row.text(5);
  return out;
}

std::optional<std::string> labels_text(const core::label_map& labels) {
  if (labels.empty()) return std::nullopt;
  return dump(json(labels));
}

std::optional<std::string> message_text(const std::optional<core::message>& message) {
  if (!message) return std::nullopt;
  return dump(core::to_json(*message));
}

}  // namespace mofa::store
