// New agents: a commented definition to begin with.
// Declared by run() as the command `mofa new agent`.
// The main thread; example_definition() is pure.
#pragma once

#include <string>

#include "server/app/command.hpp"
#include "server/base/result.hpp"

namespace mofa::app {

/// The kinds that there is an example for.
const std::vector<std::string>& example_kinds();

/// A valid definition of that kind as YAML. Error invalid: the name is none that an agent may have.
result<std::string> example_definition(const std::string& name, const std::string& kind);

void add_new(const command& root);

}  // namespace mofa::app
