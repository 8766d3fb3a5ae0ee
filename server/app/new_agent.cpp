#include "server/app/new_agent.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "protocols/core/definition.hpp"
#include "server/app/exit_code.hpp"

namespace mofa::app {
namespace {

constexpr std::string_view head =
    R"yaml(# An agent. Put this file into a folder of `definitions` (the shipped configuration has config/agents) and restart the
# server, or send it to a running one:   mofa agents apply -f FILE
# Check it first:                        mofa validate FILE
name: {name}
kind: {kind}
description: {description}
skills:                           # what it can do; other agents find it by these
{skills})yaml";

constexpr std::string_view scenario_skills =
    R"yaml(  - {id: greet, name: Greet, description: Greets people by their name, examples: ["hello, I am Ada"]}
)yaml";

constexpr std::string_view scenario_rest = R"yaml(
# The first rule whose `when` matches does its steps. `text` is a regular expression (RE2) that is searched in the message;
# named groups become variables.
rules:
  - when: {text: "(?i)i am (?P<who>\\pL+)"}
    do:
      - status: {state: working, text: "greeting {{who}}"}      # shown while it works
      - call: {tool: clock, arguments: {}}                      # an outcome that is kept; {{result}} afterwards
      - artifact: {id: card, name: Card, parts: [{text: "Hello {{who}}!"}, {data: {who: "{{who}}"}}]}
      - complete: {text: "Hello {{who}}, nice to meet you."}
  - when: {text: "(?i)^hello"}
    do:
      - ask: {state: input_required, text: "Who are you?"}      # waits for a person: mofa call --task ID TEXT
      - complete: {text: "Hello {{answer}}."}
  # Instead of `text` each word of it may have `parts`, as artifacts have: texts, data, files by `url` or `raw`. Other ends:
  # fail: {code: NAME, text: …}, reject: {text: …}, reply: {text: …}, which is a message alone; pause_ms waits in between.
# What it does when no rule matches.
otherwise:
  - complete: {text: "You said: {{text}}"}

# limits: {timeout_ms: 60000, max_concurrent_tasks: 16}         # of each task, of all tasks together
# With a JSON Schema a task begins with data that fits it: mofa call NAME --data '{"who": "Ada"}'
# input_schema: {type: object, properties: {who: {type: string}}, required: [who]}
# Its card is at /a2a/NAME/.well-known/agent-card.json; where the server has keys, for everybody only when it is public.
# a2a: {public: true, input_modes: [text/plain], output_modes: [text/plain, application/json]}
)yaml";

constexpr std::string_view llm_skills =
    R"yaml(  - {id: math, name: Arithmetic, description: Works out an expression, examples: ["What is 17*23?"]}
)yaml";

constexpr std::string_view llm_rest = R"yaml(
# Without `model` the server's default is used (models.default); `mofa doctor` says which one that is.
# model: {provider: openai, name: gpt-4o-mini, temperature: 0.2, max_output_tokens: 1024, fallback: [ollama/llama3]}

# A Mustache template; {{time}} is the time now, {{labels.NAME}} a label of the task.
instructions: |
  You are a friendly assistant. It is {{time}}.
  Use the tool `calculator` for every sum; never guess.

# What it may call. "agent:NAME" is another agent, "agent:?skill=ID" whichever has that skill.
tools: [calculator, clock]
reasoning: react                  # react: model and tools in turn, until an answer; direct: one call, no tools
history: {max_messages: 50}       # of the conversation, told to the model
limits: {max_steps: 12, max_tokens: 100000, timeout_ms: 120000}
# With a JSON Schema a task begins with data that fits it, and other models call this agent with these parameters.
# input_schema: {type: object, properties: {question: {type: string}}, required: [question]}
# Its card is at /a2a/NAME/.well-known/agent-card.json; where the server has keys, for everybody only when it is public.
# a2a: {public: true, input_modes: [text/plain], output_modes: [text/plain]}
)yaml";

struct example {
  std::string_view kind, description, skills, rest;
};
constexpr std::array<example, 2> examples{{
    {"scenario", "Follows rules, and greets people", scenario_skills, scenario_rest},
    {"llm", "Thinks with a language model and works out sums", llm_skills, llm_rest},
}};

void fill(std::string& text, const std::string& mark, std::string_view by) {
  if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), by);
}

struct new_arguments {
  std::string name, kind, file;
};

// Never over a file that is there.
int write_new(const std::string& file, const std::string& text) {
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (made < 0) {
    const bool there = errno == EEXIST;
    fmt::print(stderr, "{}: {}\n", file, there ? "is there already; choose another --output" : std::strerror(errno));
    return exit_code::failed;
  }
  const auto written = ::write(made, text.data(), text.size());
  const bool kept = ::close(made) == 0 && written == static_cast<ssize_t>(text.size());
  if (!kept) {
    fmt::print(stderr, "{}: cannot be written\n", file);
    return exit_code::failed;
  }
  fmt::print("{} written; check it: mofa validate {}\n", file, file);
  return exit_code::done;
}

int run_new(const new_arguments& wanted) {
  const auto text = example_definition(wanted.name, wanted.kind);
  if (!text) {
    fmt::print(stderr, "{}\n", text.error().detail);
    return exit_code::usage;
  }
  if (!wanted.file.empty()) return write_new(wanted.file, *text);
  fmt::print("{}", *text);
  return exit_code::done;
}

}  // namespace

const std::vector<std::string>& example_kinds() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out;
    for (const auto& each : examples) out.emplace_back(each.kind);
    return out;
  }();
  return all;
}

result<std::string> example_definition(const std::string& name, const std::string& kind) {
  const core::json start{{"name", name}, {"kind", kind}};
  if (auto fine = core::definition_head(start); !fine) {
    auto why = std::move(fine).error();
    if (!why.fields.empty()) why.detail = "name '" + name + "' " + why.fields.front().message;
    return why;
  }
  for (const auto& each : examples) {
    if (each.kind != kind) continue;
    std::string out{head};
    // A name such as 42 is a number to YAML.
    fill(out, "{name}", core::json(name).dump());
    fill(out, "{kind}", each.kind);
    fill(out, "{description}", each.description);
    fill(out, "{skills}", each.skills);
    return out.append(each.rest);
  }
  return fail(errc::invalid, "no example of kind '" + kind + "'");
}

void add_new(const command& root) {
  const auto wanted = std::make_shared<new_arguments>();
  const auto makes = root.sub("new", "Make something to begin with");
  const auto agent = makes.sub("agent", "A commented definition of an agent, on stdout or into a file");
  agent.text("NAME", wanted->name, "Name of the agent", need::required);
  agent.choice("--kind", wanted->kind, example_kinds(), "Kind of the agent");
  agent.text("-o,--output", wanted->file, "Write this file; never over one that is there");
  agent.does([wanted] { return run_new(*wanted); });
}

}  // namespace mofa::app
