// The models of the configuration as a registry: keys, prices, scripted rules read from their files.
// Called by the workbench.
// Reads files; the main thread.
#pragma once

#include <memory>

#include "server/models/registry.hpp"
#include "server/settings/configuration.hpp"

namespace mofa::app {

/// Errors name the setting, or the file with line and column.
result<std::shared_ptr<const models::registry>> make_models(const settings::model_settings& from,
                                                            const models::surroundings& with);

}  // namespace mofa::app
