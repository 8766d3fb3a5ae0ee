#include <fmt/format.h>

#include "protocols/document/document.hpp"
#include "server/app/client/commands.hpp"
#include "server/app/client/conversation.hpp"

namespace mofa::app::client {
namespace {

struct call_arguments {
  server_options server;
  std::string task, context, priority, data;
  std::vector<std::string> words;
};

std::string joined(const std::vector<std::string>& words, std::size_t from) {
  return fmt::format("{}", fmt::join(words.begin() + static_cast<std::ptrdiff_t>(from), words.end(), " "));
}

// "-" stands for what stdin holds.
outcome<std::string> text_of(session& with, std::string given) {
  if (given != "-") return given;
  std::string out, line;
  for (;;) {
    const auto got = with.waiting().read_line(line);
    if (got == loop::typed::interrupted) return ends(exit_code::interrupted, {"interrupted; nothing was sent"});
    if (got == loop::typed::end) return out;
    out += (out.empty() ? "" : "\n") + line;
  }
}

outcome<int> call(session& with, const call_arguments& wanted, const json& data) {
  const bool begins = wanted.task.empty();
  const auto text = text_of(with, joined(wanted.words, begins ? 1 : 0));
  if (!text) return tl::unexpected{text.error()};
  outcome<shown> got;
  if (begins) {
    got = submit(with, {wanted.words.front(), *text, wanted.context, wanted.priority, data});
  } else {
    const auto task = with.read("/api/v1/tasks/" + path_segment(wanted.task) + "?history=0");
    if (!task) return tl::unexpected{task.error()};
    got = tell(with, wanted.task, *text, task->value("last_event", std::uint64_t{0}));
  }
  if (!got) return tl::unexpected{got.error()};
  return got->code;
}

int run_call(const call_arguments& wanted) {
  if (wanted.task.empty() && wanted.words.size() < 2 && wanted.data.empty()) {
    fmt::print(stderr, "mofa call takes an agent and a text: mofa call echo hello\n");
    return exit_code::usage;
  }
  if (!wanted.task.empty() && !(wanted.context.empty() && wanted.priority.empty() && wanted.data.empty())) {
    fmt::print(stderr, "--context, --priority and --data are for a new task, --task is for one that there is\n");
    return exit_code::usage;
  }
  json data;
  if (!wanted.data.empty()) {
    auto read = document::parse_json(wanted.data);
    if (!read || read->is_null()) {
      fmt::print(stderr, "--data: {}\n", read ? "null says nothing" : read.error().detail);
      return exit_code::usage;
    }
    data = *std::move(read);
  }
  return in_session(wanted.server, [&](session& with) { return call(with, wanted, data); });
}

}  // namespace

void add_call(const command& root) {
  const auto wanted = std::make_shared<call_arguments>();
  const auto call = root.sub("call", "Ask an agent and show how it goes: the answer on stdout, everything else on stderr");
  call.texts("AGENT TEXT", wanted->words, "The agent and what to tell it, a lone - for stdin; with --task only the text",
             need::required);
  call.text("--task", wanted->task, "Answer this task, or tell it more");
  call.text("--data", wanted->data,
            "JSON that goes with the text, or instead of one: what an agent with an input_schema takes");
  call.text("--context", wanted->context, "Conversation that the task belongs to; any text of yours");
  call.text("--priority", wanted->priority, "critical, high, normal, low or background");
  add_server_options(call, wanted->server);
  add_patience_option(call, wanted->server);
  call.does([wanted] { return run_call(*wanted); });
}

}  // namespace mofa::app::client
