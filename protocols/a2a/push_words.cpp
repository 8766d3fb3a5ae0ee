#include "protocols/a2a/push_words.hpp"

#include <nlohmann/json.hpp>

#include "protocols/a2a/codec.hpp"
#include "protocols/a2a/operations.hpp"

namespace mofa::a2a {
namespace {

namespace kinds = core::kinds;
using core::json;

bool is_v1(std::string_view dialect) { return dialect == dialect_of(version::v1_0); }

json data_of(const core::event& what) {
  auto data = json::parse(what.data, nullptr, false);
  return data.is_object() ? data : json::object();
}

core::task_state state_in(const json& data) {
  return core::task_state_from(data.value("state", std::string{})).value_or(core::task_state::working);
}

}  // namespace

push_words::need push_words::needed(std::string_view dialect, const core::event& what) const {
  if (what.kind != kinds::status_changed && what.kind != kinds::artifact_updated) return need::nothing;
  if (!is_v1(dialect)) return need::task;
  return what.kind == kinds::status_changed && core::is_terminal(state_in(data_of(what))) ? need::task : need::event;
}

core::push_body push_words::encode(std::string_view, std::string_view context_id, const core::event& what) const {
  const auto& words = codec_v1();
  const auto data = data_of(what);
  const auto task = what.task.str();
  core::push_body out{"application/a2a+json", {}};
  if (what.kind == kinds::artifact_updated) {
    const auto source = data.find("artifact");
    auto read = core::artifact_from_json(source == data.end() ? json::object() : *source, "");
    const auto artifact = read ? *std::move(read) : core::artifact{};
    words.append_artifact(out.body, {artifact, data.value("append", false), data.value("last", true)}, {task, context_id});
    return out;
  }
  core::task_status status{state_in(data), data.value("code", std::string{}), std::nullopt, what.at};
  if (const auto source = data.find("message"); source != data.end()) {
    if (auto read = core::message_from_json(*source, "")) status.message = *std::move(read);
  }
  words.append_status(out.body, {status, false}, {task, context_id});
  return out;
}

core::push_body push_words::encode(std::string_view dialect, const core::task& what) const {
  core::push_body out;
  if (!is_v1(dialect)) {
    out.content_type = "application/json";
    codec_v0_3().append_task(out.body, what, {});
    return out;
  }
  out.content_type = "application/a2a+json";
  if (replied_at_once(what)) {
    codec_v1().append_sent_message(out.body, *what.reply, {what.row.id.str(), what.row.context_id});
  } else {
    codec_v1().append_sent_task(out.body, what, {});
  }
  return out;
}

}  // namespace mofa::a2a
