#include "server/tools/clock_tool.hpp"

#include <array>
#include <optional>

#include "server/base/nearest.hpp"

namespace mofa::tools {
namespace {

std::optional<error> objection(const core::json& arguments) {
  static constexpr std::array<std::string_view, 1> known{"timezone"};
  const auto invalid = [](std::string path, const std::string& message) {
    auto detail = "clock: " + (path.empty() ? std::string{"arguments"} : path.substr(1)) + ": " + message;
    return error{errc::invalid, std::move(detail), {{std::move(path), message}}};
  };
  if (!arguments.is_object()) return invalid("", "must be an object");
  for (const auto& entry : arguments.items()) {
    if (entry.key() != known[0]) return invalid("/" + entry.key(), unknown_member(entry.key(), known));
    if (entry.value() != "UTC") return invalid("/timezone", "must be 'UTC', the only time zone of this server");
  }
  return std::nullopt;
}

}  // namespace

void clock_tool::invoke(core::tool_call call, callback<void(result<core::json>)> done) {
  if (auto why = objection(call.arguments)) {
    done(*std::move(why));
    return;
  }
  const auto now = clock_.now();
  done(core::json{{"now", to_rfc3339(now)}, {"unix_ms", now.time_since_epoch().count()}});
}

}  // namespace mofa::tools
