#include "protocols/a2a/codec.hpp"

namespace mofa::a2a {

core::artifact spoken_artifact(std::string_view text) {
  core::artifact out;
  out.artifact_id = spoken_artifact_id;
  out.name = "spoken text";
  out.parts.emplace_back().text = text;
  return out;
}

std::vector<core::artifact> artifacts_of(const core::task& what) {
  auto out = what.artifacts;
  if (!what.spoken.empty()) out.push_back(spoken_artifact(what.spoken));
  return out;
}

}  // namespace mofa::a2a
