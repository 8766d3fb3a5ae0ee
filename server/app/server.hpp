// The server: the composition root. Builds every part, starts in order, waits for a signal, stops in reverse.
// Made by the command `serve`; owns all parts of the process.
// The main thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/kernel.hpp"
#include "protocols/core/ports/tool.hpp"
#include "server/settings/loader.hpp"

namespace mofa::app {

/// What a program that embeds the server adds to it; the shipped binary adds nothing.
struct extensions {
  std::vector<core::tool_ptr> tools;
  /// Wraps the probe of the actors; the result lives as long as the server.
  std::function<std::unique_ptr<actors::probe>(actors::probe& inner)> wrap_probe;
};

/// Exit code when the supervision tree gave up (EX_SOFTWARE of sysexits.h).
inline constexpr int exit_gave_up = 70;

/// Runs the server until SIGTERM or SIGINT; a second one ends it at once. SIGHUP reads the configuration again, `from` where
/// it came from. Returns the process's exit code.
/// Start-up errors are one line each on stderr, exit code 1.
int serve(const settings::loaded& configuration, const settings::sources& from, extensions added);

}  // namespace mofa::app
