// The command line: serve, keys, validate, completion, version, and the commands that other files declare.
// Called by main with the process's arguments.
// The main thread.
#pragma once

#include "server/app/server.hpp"

namespace mofa::app {

/// Runs the command that the arguments name; the exit code is one of `exit_code`, or 70: the supervision tree gave up.
int run(int argc, char** argv, extensions added = {});

}  // namespace mofa::app
