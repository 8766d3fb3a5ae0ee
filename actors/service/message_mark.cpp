#include "actors/service/message_mark.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace mofa::service {
namespace {

using core::json;

void mix(std::size_t& into, std::size_t more) { into ^= more + 0x9e3779b97f4a7c15ULL + (into << 6U) + (into >> 2U); }
void mix(std::size_t& into, std::string_view more) { mix(into, std::hash<std::string_view>{}(more)); }

// By its text: the same number is of one type when it was made and of another when it was read.
void mix(std::size_t& into, const json& more) {
  if (more.is_null()) return mix(into, std::size_t{0});
  mix(into, std::string_view{more.dump(-1, ' ', false, json::error_handler_t::replace)});
}

void mix(std::size_t& into, const std::vector<std::string>& more) {
  mix(into, more.size());
  for (const auto& each : more) mix(into, std::string_view{each});
}

}  // namespace

message_mark mark_of(const core::message& what) {
  message_mark out{what.message_id, static_cast<std::size_t>(what.role)};
  auto& content = out.content;
  for (const auto& part : what.parts) {
    mix(content, static_cast<std::size_t>(part.kind));
    mix(content, std::string_view{part.text});
    mix(content, part.data);
    mix(content, std::string_view{part.media_type});
    mix(content, std::string_view{part.filename});
    mix(content, part.metadata);
  }
  mix(content, what.metadata);
  mix(content, what.extensions);
  mix(content, what.reference_task_ids);
  return out;
}

bool holds(const core::event& what, const message_mark& wanted) {
  if (what.kind != core::kinds::message_received && what.kind != core::kinds::submitted) return false;
  const auto data = json::parse(what.data, nullptr, false);
  if (!data.is_object() || !data.contains("message")) return false;
  const auto& message = data.at("message");
  if (!message.is_object() || message.value("message_id", std::string{}) != wanted.id) return false;
  const auto read = core::message_from_json(message, "");
  return read && mark_of(*read).content == wanted.content;
}

}  // namespace mofa::service
