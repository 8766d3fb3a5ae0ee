// The workbench: what agents work with. HTTP client, models, tools, and the kinds that are built from them.
// Made by the app from the configuration, for the server and for commands that only check definitions.
// Made and ended on the main thread; its parts say where they live.
#pragma once

#include <memory>
#include <vector>

#include "protocols/core/ports/context_memory.hpp"
#include "protocols/core/ports/kind.hpp"
#include "protocols/core/ports/schema.hpp"
#include "server/base/clock.hpp"
#include "server/http_client/client.hpp"
#include "server/http_client/probe.hpp"
#include "server/models/registry.hpp"
#include "server/models/timer.hpp"
#include "server/settings/configuration.hpp"
#include "server/tools/registry.hpp"

namespace mofa::app {

struct workbench {
  workbench() = default;
  workbench(const workbench&) = delete;
  workbench& operator=(const workbench&) = delete;
  /// A wait that is under way may use the client.
  ~workbench() {
    if (timer) timer->stop();
  }

  std::unique_ptr<http_client::client> http;
  models::timer_ptr timer;
  std::shared_ptr<const models::registry> models;
  tools::registry tools;
  core::schema_compiler schemas;
  std::vector<std::shared_ptr<const core::agent_kind>> kinds;

  /// `memory` and `time` must outlive it. Errors name the setting.
  static result<std::unique_ptr<workbench>> make(const settings::configuration& from, std::vector<core::tool_ptr> added,
                                                 core::context_memory& memory, const clock& time,
                                                 std::shared_ptr<http_client::probe> watch = nullptr,
                                                 std::shared_ptr<models::probe> models_watch = nullptr);
};

}  // namespace mofa::app
