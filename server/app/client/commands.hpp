// The commands that talk to a server: call, chat, agents, tasks, events, reload.
// Declared by run() below the program's command line.
// The main thread.
#pragma once

#include "server/app/command.hpp"

namespace mofa::app::client {

void add_call(const command& root);
void add_chat(const command& root);
void add_agents(const command& root);
void add_tasks(const command& root);
void add_events(const command& root);
void add_reload(const command& root);

}  // namespace mofa::app::client
