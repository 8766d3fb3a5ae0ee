#include "server/app/client/commands.hpp"
#include "server/app/client/conversation.hpp"

namespace mofa::app::client {
namespace {

struct chat_arguments {
  server_options server;
  std::string agent, context;
};

/// Each line is a task of the context, or answers the task that asked.
outcome<int> chat(session& with, const chat_arguments& wanted) {
  // A mistyped name is told before anything is typed.
  if (const auto agent = with.read("/api/v1/agents/" + path_segment(wanted.agent)); !agent)
    return tl::unexpected{agent.error()};
  const auto context = wanted.context.empty() ? new_client_id() : wanted.context;
  with.screen().prompt("Ctrl-D ends the conversation; " + with.hint("chat " + wanted.agent + " --context " + context) +
                       " goes on with it.\n");
  shown last;
  std::string line;
  for (;;) {
    with.screen().prompt(last.code == exit_code::needs_input ? "answer> " : "> ");
    const auto got = with.waiting().read_line(line);
    if (got == loop::typed::interrupted) return ends(exit_code::interrupted, {""});
    if (got == loop::typed::end) break;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto turn = last.code == exit_code::needs_input ? tell(with, last.reached.task, line, last.reached.last)
                                                    : submit(with, {wanted.agent, line, context, {}});
    if (!turn) return tl::unexpected{turn.error()};
    last = std::move(*turn);
  }
  with.screen().prompt("\n");
  return last.code;
}

}  // namespace

void add_chat(const command& root) {
  const auto wanted = std::make_shared<chat_arguments>();
  const auto chat_command = root.sub("chat", "Talk with an agent, a line at a time");
  chat_command.text("AGENT", wanted->agent, "The agent", need::required);
  chat_command.text("--context", wanted->context, "Go on with this conversation");
  add_server_options(chat_command, wanted->server);
  add_patience_option(chat_command, wanted->server);
  chat_command.does([wanted] { return in_session(wanted->server, [&](session& with) { return chat(with, *wanted); }); });
}

}  // namespace mofa::app::client
