#include <algorithm>
#include <array>

#include "protocols/core/ports/agent_service.hpp"

namespace mofa::core {
namespace {

constexpr std::array<std::string_view, 4> state_names{"ready", "paused", "draining", "failed"};

}  // namespace

std::string_view to_string(agent_state state) { return state_names[static_cast<std::size_t>(state)]; }

std::optional<agent_state> agent_state_from(std::string_view text) {
  const auto at = std::find(state_names.begin(), state_names.end(), text);
  if (at == state_names.end()) return std::nullopt;
  return static_cast<agent_state>(at - state_names.begin());
}

}  // namespace mofa::core
