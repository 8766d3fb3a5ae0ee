// Names of tools as foreign models take them: letters, digits, '_' and '-', at most 64; ours may be "agent:?skill=math".
// Made from a request by a provider's codec, used for that request and its answer.
// Immutable once made; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/core/ports/model.hpp"

namespace mofa::core {

/// Other characters become '_'; two tools that would get one name are told apart by a number.
class tool_names {
 public:
  explicit tool_names(const std::vector<tool_description>& tools);

  /// The foreign name of a tool, also of one that is no longer offered.
  std::string foreign(std::string_view own) const;
  /// Our name of what a model called; what is not known stays as it is.
  std::string own(std::string_view foreign) const;

 private:
  std::vector<std::pair<std::string, std::string>> names_;  ///< own, foreign
};

}  // namespace mofa::core
