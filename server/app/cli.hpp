// The command line: `mofa serve`, `mofa keys new`, `mofa validate`, `mofa version`.
// Called by main with the process's arguments.
// The main thread.
#pragma once

#include "server/app/server.hpp"

namespace mofa::app {

/// Runs the command that the arguments name; the exit code: 0 done, 1 failed, 2 usage, 70 the supervision tree gave up.
int run(int argc, char** argv, extensions added = {});

}  // namespace mofa::app
