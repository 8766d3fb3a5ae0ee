// Lists and single things as lines: agents, tasks, events; what `list`, `get` and `events` print.
// Called by their commands; owned by nobody.
// Pure functions over values; any thread.
#pragma once

#include <string>
#include <vector>

#include "server/app/client/text.hpp"

namespace mofa::app::client {

using text_lines = std::vector<std::string>;

/// One of a list, and its text in the order in which the server wrote it.
struct item {
  json value;
  std::string text;
};

/// A table of what GET /api/v1/agents lists.
text_lines agent_table(const std::vector<item>& agents);
/// One agent, with a call to try for each example of its skills.
text_lines agent_page(const json& agent);
/// A table of what GET /api/v1/tasks lists.
text_lines task_table(const std::vector<item>& tasks);
/// One task: its status, artifacts, usage, and the command that continues it.
text_lines task_page(const json& task);
/// One event: "12  04:59:44.997  effect_resolved  …".
std::string event_line(const json& event);

}  // namespace mofa::app::client
