#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>

#include "tests/e2e/cli_run.hpp"
#include "tests/support/conversation.hpp"

namespace mofa::test {
namespace {

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    out.push_back(text.substr(begin, end - begin));
  return out;
}

// What stands between two pieces of a text.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const auto begin = text.find(before);
  if (begin == std::string::npos) return {};
  const auto start = begin + before.size();
  return text.substr(start, text.find(after, start) - start);
}

cli_server& shared() {
  static cli_server server;
  static const bool started = server.start();
  REQUIRE(started);
  return server;
}

struct user {
  cli_server& server = shared();
  cli_outcome run(std::vector<std::string> arguments) const { return mofa(std::move(arguments), server.environment()); }
};

TEST_CASE_FIXTURE(user, "call prints the answer on stdout and the rest on stderr") {
  const auto got = run({"call", "echo", "hello", "world"});
  CHECK(got.code == 0);
  CHECK(got.output == "hello world\n");
  CHECK(got.errors.starts_with("completed in "));
  CHECK(std::count(got.errors.begin(), got.errors.end(), '\n') == 1);
  const auto read = shell("printf 'one\\ntwo' | $MOFA call echo -", server.environment());
  CHECK(read.output == "one\ntwo\n");
}

TEST_CASE_FIXTURE(user, "call shows tool calls with their time, and what the task used") {
  const auto got = run({"call", "assistant", "What is 17*23?"});
  CHECK(got.code == 0);
  CHECK(got.output == "The result is 391.\n");
  CHECK(has(got.errors, "calculator {\"expression\":\"17*23\"} -> 391 ("));
  CHECK(has(got.errors, "2 model calls, 1 tool call, "));
}

TEST_CASE_FIXTURE(user, "a question ends with 5 and the command that answers it, which goes on with the task") {
  const auto asked = run({"call", "weather", "weather in Paris"});
  CHECK(asked.code == 5);
  CHECK(asked.output == "For which day?\n");
  const auto id = between(asked.errors, "answer: mofa call --task ", " TEXT");
  REQUIRE(id.size() == 36);
  const auto answered = run({"call", "--task", id, "tomorrow"});
  CHECK(answered.code == 0);
  CHECK(answered.output == "The forecast for Paris is ready.\n");
  CHECK(has(answered.errors, "+ Forecast for Paris: Sunny in Paris, tomorrow."));
  const auto late = run({"call", "--task", id, "and then?"});
  CHECK(late.code == 4);
  CHECK(has(late.errors, "fix: the task has ended"));
}

TEST_CASE_FIXTURE(user, "a task that fails or is rejected ends with 1, with nothing on stdout") {
  const auto failed = run({"call", "ender", "fail"});
  CHECK(failed.code == 1);
  CHECK(failed.output.empty());
  CHECK(has(failed.errors, "failed (out_of_luck): no luck today\n"));
  CHECK(run({"call", "weather", "how is it going"}).code == 1);
}

TEST_CASE_FIXTURE(user, "what the server refuses ends with 4, the reason and the fix") {
  const auto got = run({"call", "ecco", "hello"});
  CHECK(got.code == 4);
  CHECK(got.output.empty());
  CHECK(got.errors == "refused: no agent 'ecco'; did you mean 'echo'?\nfix: `mofa agents list` shows who is there\n");
  const auto priority = run({"call", "echo", "hello", "--priority", "hihg"});
  CHECK(priority.code == 4);
  CHECK(has(priority.errors, "high"));
  CHECK(run({"chat", "ecco"}).code == 4);
  CHECK(run({"tasks", "get", "nonsense"}).code == 4);
}

TEST_CASE("nobody there ends with 3 and says what to do, wrong words end with 2") {
  const auto got = mofa({"call", "echo", "hello", "--url", "127.0.0.1:1"});
  CHECK(got.code == 3);
  CHECK(has(got.errors, "no answer from http://127.0.0.1:1: "));
  CHECK(has(got.errors, "fix: start the server with `mofa serve`"));
  CHECK(mofa({"call", "echo"}).code == 2);
  CHECK(mofa({"call", "--task", "x", "--context", "y", "z"}).code == 2);
  CHECK(mofa({"cal", "echo", "hello"}).code == 2);
  CHECK(mofa({"tasks"}).code == 2);
  CHECK(mofa({"new", "agent", "x", "--kind", "oracle"}).code == 2);
}

TEST_CASE_FIXTURE(user, "Ctrl-C leaves the task at work and says how to attach again") {
  cli_run run_of{{shipped_program(), "call", "long_haul", "go", "--json"}, server.environment()};
  const auto first = run_of.life().line(patience);
  REQUIRE(first);
  const std::string id = json::parse(*first).at("task_id");
  run_of.life().kill(SIGINT);
  const auto left = run_of.finish();
  CHECK(left.code == 130);
  CHECK(left.errors == "detached; the task goes on\nattach again: mofa tasks watch " + id + "\n");

  const auto canceled = run({"tasks", "cancel", id, "--reason", "enough"});
  CHECK(canceled.code == 0);
  CHECK(has(canceled.output, id + ": canceled"));
  const auto watched = run({"tasks", "watch", id});
  CHECK(watched.code == 1);
  CHECK(watched.errors.starts_with("> go\nstop 1 of 20\n"));
  CHECK(has(watched.errors, "canceled"));
  CHECK(run({"tasks", "cancel", id}).code == 0);
}

TEST_CASE("a call goes on over the end of the server and its next life, with each step once") {
  cli_server server;
  REQUIRE(server.start());
  cli_run call{{shipped_program(), "call", "long_haul", "go", "--json"}, server.environment()};
  std::vector<std::string> lines;
  const auto heard = [&](const std::string& piece) {
    return std::count_if(lines.begin(), lines.end(), [&](const auto& each) { return has(each, piece); });
  };
  while (heard("\"kind\":\"artifact_updated\"") < 3) {
    const auto line = call.life().line(patience);
    REQUIRE(line);
    lines.push_back(*line);
  }
  server.kill();
  REQUIRE(server.start());
  const auto rest = call.finish();
  CHECK(rest.code == 0);
  for (const auto& each : lines_of(rest.output)) lines.push_back(each);
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(json::parse(lines[i]).at("seq") == i + 1);
  for (int step = 1; step <= 20; ++step) CHECK(heard("\"stop " + std::to_string(step) + " done\"") == 1);
  CHECK(heard("20 of 20 stops, arrived") == 1);
  CHECK(has(rest.errors, "connection lost ("));
  CHECK(has(rest.errors, "connected again\n"));
}

TEST_CASE_FIXTURE(user, "events are the lines that the server sends, byte for byte, at once or as they come") {
  const auto submitted = run({"call", "echo", "hello", "--json"});
  const std::string id = json::parse(lines_of(submitted.output).at(0)).at("task_id");
  const auto stored = run({"events", id, "--json"});
  CHECK(stored.code == 0);
  CHECK(stored.output == submitted.output);
  const auto followed = run({"events", id, "--follow", "--json"});
  CHECK(followed.output == submitted.output);
  const auto later = run({"events", id, "--after", "1"});
  REQUIRE(lines_of(later.output).size() == 1);
  CHECK(later.output.starts_with("   2  "));
  CHECK(has(later.output, "status_changed     completed: hello"));
  CHECK(run({"events", id, "--follow", "--after", "1"}).output == later.output);
  CHECK(run({"events", id, "--follow", "--after", "2"}).output.empty());
}

TEST_CASE_FIXTURE(user, "events --follow goes on until the task has ended") {
  conversation with{server.port()};
  const auto id = id_of(with.submit("napper", "a while"));
  const auto got = run({"events", id, "--follow"});
  CHECK(got.code == 0);
  CHECK(has(lines_of(got.output).back(), "completed: a while"));
}

TEST_CASE_FIXTURE(user, "a conversation keeps its context, and answers the task that asks") {
  const auto got = shell("printf 'My name is Ada.\\n\\nWhat is my name?\\n' | $MOFA chat assistant", server.environment());
  CHECK(got.code == 0);
  CHECK(got.output == "Nice to meet you, Ada. I will remember your name.\nYour name is Ada.\n");
  const auto asked = shell("printf 'weather in Rome\\ntoday' | $MOFA chat weather", server.environment());
  CHECK(asked.code == 0);
  CHECK(asked.output == "For which day?\nThe forecast for Rome is ready.\n");
  CHECK(shell("echo 'weather in Rome' | $MOFA chat weather", server.environment()).code == 5);
}

TEST_CASE_FIXTURE(user, "Ctrl-C at the prompt ends a conversation") {
  const scratch_folder folder;
  const auto typed = (folder.path() / "typed").string();
  // The pipe is open at both ends: it never ends by itself.
  const auto script =
      "mkfifo " + typed + " && exec 3<>" + typed + " && echo hello >&3 && exec " + shipped_program() + " chat echo <&3";
  cli_run chat{{"/bin/bash", "-c", script}, server.environment()};
  CHECK(chat.life().line(patience) == "hello\n");
  chat.life().kill(SIGINT);
  CHECK(chat.finish().code == 130);
}

TEST_CASE_FIXTURE(user, "agents and tasks are listed and shown, for people and for scripts") {
  const auto listed = run({"agents", "list"});
  CHECK(has(listed.output, "\necho "));
  for (const auto& each : lines_of(run({"agents", "list", "--kind", "llm", "--json"}).output))
    CHECK(json::parse(each).at("kind") == "llm");
  CHECK(has(run({"agents", "get", "echo"}).output, "try: mofa call echo hello"));
  const std::string id =
      json::parse(lines_of(run({"call", "echo", "x", "--json", "--context", "c 1"}).output).at(0)).at("task_id");
  const auto tasks = run({"tasks", "list", "--context", "c 1", "--limit", "1"});
  REQUIRE(lines_of(tasks.output).size() == 2);
  CHECK(lines_of(tasks.output)[1].starts_with(id + "  echo   completed  "));
  CHECK(has(run({"tasks", "get", id}).output, id + ": completed\n"));
  CHECK(json::parse(run({"tasks", "get", id, "--json"}).output).at("id") == id);
}

TEST_CASE_FIXTURE(user, "on a terminal words and colours appear, elsewhere and with NO_COLOR no colours") {
  const auto coloured = shell("$MOFA call assistant hello", server.environment(), true);
  CHECK(coloured.code == 0);
  CHECK(has(coloured.output, "Hello! I am a scripted stand-in"));
  CHECK(coloured.output.find("Hello! I am") == coloured.output.rfind("Hello! I am"));
  CHECK(has(coloured.output, "\x1b[32mcompleted in "));
  auto plain = server.environment();
  plain["NO_COLOR"] = "1";
  const auto without = shell("$MOFA call assistant hello", plain, true);
  CHECK(has(without.output, "completed in "));
  CHECK_FALSE(has(without.output, "\x1b[3"));
  CHECK_FALSE(has(run({"call", "assistant", "hello"}).errors, "\x1b"));
}

TEST_CASE_FIXTURE(user, "a spinner turns on a terminal only") {
  CHECK(has(shell("$MOFA call napper nap", server.environment(), true).output, " working "));
  CHECK_FALSE(has(run({"call", "napper", "nap"}).errors, "working"));
}

TEST_CASE("a key comes from the environment or the command line, and its absence is told") {
  const auto made = mofa({"keys", "new", "ci", "--scope", "tasks:read", "--scope", "tasks:write"}).output;
  const auto secret = made.substr(0, made.find('\n'));
  cli_server server{"auth:\n  keys:\n" + made.substr(made.find("    - "))};
  REQUIRE(server.start());
  auto environment = server.environment();
  const auto refused = mofa({"call", "echo", "hi"}, environment);
  CHECK(refused.code == 4);
  CHECK(has(refused.errors, "MOFA_API_KEY"));
  CHECK(mofa({"call", "echo", "hi", "--key", secret}, environment).output == "hi\n");
  environment["MOFA_API_KEY"] = secret;
  CHECK(mofa({"call", "echo", "hi"}, environment).output == "hi\n");
  CHECK(mofa({"call", "echo", "hi", "--key", "mofa_wrong"}, environment).code == 4);
  CHECK(mofa({"agents", "list"}, environment).code == 4);
}

}  // namespace
}  // namespace mofa::test
