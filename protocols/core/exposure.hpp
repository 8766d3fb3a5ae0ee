// How an agent presents itself to programs that look for agents: its skills, its modes, and whether everybody may see it.
// Read from the definition, shown on cards and in catalogues by the dialects that have them.
// Values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/core/fields.hpp"

namespace mofa::core {

struct skill {
  std::string id, name, description;
  std::vector<std::string> tags, examples;
  std::vector<std::string> input_modes{}, output_modes{};  ///< media types; empty: those of the agent
};

/// What only callers with a key are told.
struct extended_exposure {
  std::string description;    ///< empty: the agent's own
  std::vector<skill> skills;  ///< besides the agent's own
};

/// The member `a2a` of a definition.
struct exposure {
  std::optional<bool> is_public;  ///< nothing: public where the server has no keys
  std::vector<std::string> input_modes{"text/plain", "application/json"};
  std::vector<std::string> output_modes{"text/plain", "application/json"};
  std::string documentation_url, icon_url;     ///< empty: none
  std::string organization, organization_url;  ///< who provides it; both or none
  std::optional<extended_exposure> extended;
};

/// The skills of a definition or of its extended card. `path` is the place of `value`.
std::vector<skill> read_skills(const json& value, const std::string& path, field_errors& errors);

exposure read_exposure(const json& value, const std::string& path, field_errors& errors);

}  // namespace mofa::core
