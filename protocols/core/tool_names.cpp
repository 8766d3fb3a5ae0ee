#include "protocols/core/tool_names.hpp"

#include <algorithm>

namespace mofa::core {
namespace {

constexpr std::size_t foreign_max_bytes = 64;

std::string cleaned(std::string_view own, std::size_t max_bytes) {
  std::string out{own.substr(0, max_bytes)};
  for (char& c : out) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!allowed) c = '_';
  }
  return out.empty() ? "_" : out;
}

}  // namespace

tool_names::tool_names(const std::vector<tool_description>& tools) {
  const auto taken = [this](std::string_view name) {
    return std::any_of(names_.begin(), names_.end(), [&](const auto& known) { return known.second == name; });
  };
  for (const auto& tool : tools) {
    auto name = cleaned(tool.name, foreign_max_bytes);
    for (int number = 2; taken(name); ++number) {
      const auto suffix = "_" + std::to_string(number);
      name = cleaned(tool.name, foreign_max_bytes - suffix.size()) + suffix;
    }
    names_.emplace_back(tool.name, std::move(name));
  }
}

std::string tool_names::foreign(std::string_view own) const {
  for (const auto& [name, foreign] : names_) {
    if (name == own) return foreign;
  }
  return cleaned(own, foreign_max_bytes);
}

std::string tool_names::own(std::string_view foreign) const {
  for (const auto& [name, known] : names_) {
    if (known == foreign) return name;
  }
  return std::string{foreign};
}

}  // namespace mofa::core
