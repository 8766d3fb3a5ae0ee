#include "protocols/core/task.hpp"

#include <algorithm>
#include <array>

namespace mofa::core {
namespace {

constexpr std::array<std::string_view, 8> state_names{"submitted", "working", "input_required", "auth_required",
                                                      "completed", "failed",  "canceled",       "rejected"};
constexpr std::array<std::string_view, 5> priority_names{"critical", "high", "normal", "low", "background"};

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto at = std::find(names.begin(), names.end(), text);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

}  // namespace

std::string_view to_string(task_state state) { return state_names[static_cast<std::size_t>(state)]; }
std::optional<task_state> task_state_from(std::string_view text) { return value_of<task_state>(state_names, text); }
std::string_view to_string(core::priority value) { return priority_names[static_cast<std::size_t>(value)]; }
std::optional<core::priority> priority_from(std::string_view text) { return value_of<core::priority>(priority_names, text); }

bool is_terminal(task_state state) {
  return state == task_state::completed || state == task_state::failed || state == task_state::canceled ||
         state == task_state::rejected;
}

bool is_interrupted(task_state state) { return state == task_state::input_required || state == task_state::auth_required; }

}  // namespace mofa::core
