#include "actors/scenario/json_template.hpp"

namespace mofa::scenario {

std::size_t json_template::bound_bytes(const variables& values) const {
  std::size_t bytes = 0;
  for (const auto& [place, text] : leaves_) bytes += text.bound_bytes(values);
  return bytes;
}

json json_template::render(const variables& values) const {
  json out = value_;
  for (const auto& [place, text] : leaves_) out[place] = text.render(values);
  return out;
}

}  // namespace mofa::scenario
