#include <doctest/doctest.h>

#include <chrono>
#include <fstream>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

namespace fs = std::filesystem;
using steady = std::chrono::steady_clock;

constexpr milliseconds soon{2'000};  ///< what is promised; much of it is left over on a machine that does nothing else

std::string saying(const std::string& name, const std::string& text) {
  return "name: " + name + "\nkind: scenario\notherwise:\n  - complete: {text: \"" + text + "\"}\n";
}

// Works until it is answered, then says its text.
std::string asking(const std::string& name, const std::string& text) {
  return "name: " + name +
         "\nkind: scenario\notherwise:\n  - ask: {state: input_required, text: \"Well?\"}\n  - complete: {text: \"" + text +
         "\"}\n";
}

std::string napping(const std::string& name, int pause_ms, const std::string& text) {
  return "name: " + name + "\nkind: scenario\notherwise:\n  - pause_ms: " + std::to_string(pause_ms) +
         "\n  - complete: {text: \"" + text + "\"}\n";
}

/// A folder of definitions, and the server that watches it.
struct watched {
  scratch_folder files;
  test_server server{{.definitions = {(files.path() / "agents").string()}}};

  watched() {
    fs::create_directory(files.path() / "agents");
    write("echo.yaml", saying("echo", "{{text}}"));
  }
  void start() {
    const bool started = server.start();
    REQUIRE_MESSAGE(started, server.errors());
  }
  std::string path(const std::string& name) const { return (files.path() / "agents" / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream{path(name)} << text; }
  /// As editors do: another file takes its name.
  void replace(const std::string& name, const std::string& text) const {
    const auto other = files.path() / "agents" / (name + "~");
    std::ofstream{other} << text;
    fs::rename(other, path(name));
  }
  void remove(const std::string& name) const { fs::remove(path(name)); }
  bool logs(conversation& with, const std::string& piece) const {
    return with.eventually("/livez", [&](const auto&) { return server.errors().find(piece) != std::string::npos; });
  }
};

json agent(conversation& with, const std::string& name) { return body_of(with.get("/api/v1/agents/" + name)); }

/// And takes work: the catalog knows of a new agent before its actor is there.
bool has_version(conversation& with, const std::string& name, int version) {
  return with.eventually("/api/v1/agents/" + name, [&](const auto& got) {
    return got.status == 200 && body_of(got).at("version") == version && body_of(got).at("state") == "ready";
  });
}

bool is_gone(conversation& with, const std::string& name) {
  return with.eventually("/api/v1/agents/" + name, [](const auto& got) { return got.status == 404; });
}

std::vector<int> versions(conversation& with, const std::string& name) {
  std::vector<int> out;
  const auto all = with.read("/api/v1/agents/" + name + "/versions");
  for (const auto& each : all.at("items")) out.insert(out.begin(), each.at("version").get<int>());
  return out;
}

TEST_CASE("a changed file is a new version within two seconds, and a running task keeps its own") {
  watched at;
  at.write("one.yaml", asking("one", "first"));
  at.start();
  conversation with{at.server.port()};
  const auto running = id_of(with.submit("one", "x"));
  with.until_state(running, "input_required");
  const auto begun = steady::now();
  at.write("one.yaml", saying("one", "second"));
  CHECK(has_version(with, "one", 2));
  CHECK(steady::now() - begun < soon);
  CHECK(text_of(with.ask("one", "x")) == "second");
  with.tell(running, "go on");
  const auto ended = with.ended(running);
  CHECK(text_of(ended) == "first");
  CHECK(ended.at("agent_version") == 1);
  // As editors write, too; and a new file is a new agent.
  at.replace("one.yaml", saying("one", "third"));
  at.write("two.yaml", saying("two", "here"));
  CHECK(has_version(with, "one", 3));
  CHECK(text_of(with.ask("one", "x")) == "third");
  CHECK(has_version(with, "two", 1));
  CHECK(text_of(with.ask("two", "x")) == "here");
  CHECK(agent(with, "two").at("source") == at.path("two.yaml"));
  CHECK(body_of(with.get("/api/v1/supervision")).dump().find("\"two\"") != std::string::npos);
  // A comment is no version.
  at.write("one.yaml", "# the same\n" + saying("one", "third"));
  at.write("two.yaml", saying("two", "changed"));
  CHECK(has_version(with, "two", 2));
  CHECK(versions(with, "one") == std::vector<int>{1, 2, 3});
}

TEST_CASE("a file that breaks keeps the last good version, shows the error, and is mended") {
  watched at;
  at.write("one.yaml", saying("one", "good"));
  at.start();
  conversation with{at.server.port()};
  CHECK(agent(with, "one").at("error").is_null());
  at.write("one.yaml", saying("one", "bad") + "rulez: []\n");
  CHECK(with.eventually("/api/v1/agents/one", [](const auto& got) { return got.body.find("rulez") != std::string::npos; }));
  const auto broken = agent(with, "one");
  CHECK(broken.at("error") == at.path("one.yaml") + ":5:1: unknown member 'rulez'; did you mean 'rules'?");
  CHECK(broken.at("version") == 1);
  CHECK(text_of(with.ask("one", "x")) == "good");
  CHECK(at.logs(with, "definition refused"));
  at.write("one.yaml", saying("one", "better"));
  CHECK(has_version(with, "one", 2));
  CHECK(agent(with, "one").at("error").is_null());
  CHECK(text_of(with.ask("one", "x")) == "better");
  // One that nobody knows is in the log, and holds up no other.
  at.write("new.yaml", "name: [\n");
  at.write("two.yaml", saying("two", "here"));
  CHECK(has_version(with, "two", 1));
  CHECK(at.logs(with, at.path("new.yaml")));
}

TEST_CASE("the agent of a deleted file takes no more work and goes when its last task has ended") {
  watched at;
  at.write("one.yaml", asking("one", "done"));
  at.start();
  conversation with{at.server.port()};
  const auto running = id_of(with.submit("one", "x"));
  with.until_state(running, "input_required");
  at.remove("one.yaml");
  CHECK(
      with.eventually("/api/v1/agents/one", [](const auto& got) { return body_of(got).value("state", "") == "draining"; }));
  CHECK(with.post("/api/v1/agents/one/tasks", message_body("more")).status == 503);
  CHECK(with.client().request("DELETE", "/api/v1/agents/one")->status == 409);
  with.tell(running, "go on");
  CHECK(text_of(with.ended(running)) == "done");
  CHECK(is_gone(with, "one"));
  CHECK(with.read("/api/v1/tasks/" + running).at("status").at("state") == "completed");
  // Its name is free.
  at.write("one.yaml", saying("one", "again"));
  CHECK(has_version(with, "one", 2));
  CHECK(text_of(with.ask("one", "x")) == "again");
}

TEST_CASE("a file that comes back calls its agent back, with the task that never stopped") {
  watched at;
  at.write("one.yaml", asking("one", "first"));
  at.start();
  conversation with{at.server.port()};
  const auto running = id_of(with.submit("one", "x"));
  with.until_state(running, "input_required");
  fs::rename(at.files.path() / "agents", at.files.path() / "away");
  CHECK(
      with.eventually("/api/v1/agents/one", [](const auto& got) { return body_of(got).value("state", "") == "draining"; }));
  CHECK(is_gone(with, "echo"));
  fs::rename(at.files.path() / "away", at.files.path() / "agents");
  CHECK(with.eventually("/api/v1/agents/one", [](const auto& got) { return body_of(got).value("state", "") == "ready"; }));
  CHECK(has_version(with, "echo", 1));
  CHECK(text_of(with.ask("echo", "back")) == "back");
  with.tell(running, "go on");
  CHECK(text_of(with.ended(running)) == "first");
  at.write("one.yaml", saying("one", "second"));
  CHECK(has_version(with, "one", 2));
  CHECK(text_of(with.ask("one", "x")) == "second");
}

TEST_CASE("an agent that leaves goes on leaving after a kill, and its task comes to its end") {
  watched at;
  at.write("one.yaml", napping("one", 3'000, "woken"));
  at.start();
  conversation with{at.server.port()};
  const auto running = id_of(with.submit("one", "x"));
  with.until_state(running, "working");
  at.remove("one.yaml");
  CHECK(
      with.eventually("/api/v1/agents/one", [](const auto& got) { return body_of(got).value("state", "") == "draining"; }));
  at.server.kill();
  at.start();
  conversation again{at.server.port()};
  CHECK(text_of(again.ended(running)) == "woken");
  CHECK(is_gone(again, "one"));
}

TEST_CASE("an agent that came by a request keeps its name; the file has it when that is deleted") {
  watched at;
  at.start();
  conversation with{at.server.port()};
  const header_pairs yaml{{"Content-Type", "application/yaml"}};
  REQUIRE(with.post("/api/v1/agents", saying("mine", "by request"), yaml).status == 201);
  at.write("mine.yaml", saying("mine", "by file"));
  CHECK(at.logs(with, "agent 'mine' was made by a request"));
  CHECK(text_of(with.ask("mine", "x")) == "by request");
  at.write("echo2.yaml", saying("echo", "twice"));
  CHECK(at.logs(with, "agent 'echo' is defined by " + at.path("echo.yaml") + " already"));
  CHECK(with.client().request("DELETE", "/api/v1/agents/mine")->status == 204);
  CHECK(with.eventually("/api/v1/agents/mine", [&](const auto& got) {
    return got.status == 200 && body_of(got).at("source") == at.path("mine.yaml") && body_of(got).at("state") == "ready";
  }));
  CHECK(text_of(with.ask("mine", "x")) == "by file");
  CHECK(with.client().request("DELETE", "/api/v1/agents/mine")->status == 409);
}

TEST_CASE("a kill between a file's change and the next start leaves no version out and none twice") {
  watched at;
  at.write("one.yaml", saying("one", "1"));
  at.start();
  conversation first{at.server.port()};
  at.write("one.yaml", saying("one", "2"));
  CHECK(has_version(first, "one", 2));
  at.server.kill();
  at.start();
  conversation second{at.server.port()};
  CHECK(versions(second, "one") == std::vector<int>{1, 2});
  // Before the change is seen, or after: whichever it is.
  for (int text = 3; text <= 6; ++text) {
    conversation before{at.server.port()};
    at.write("one.yaml", saying("one", std::to_string(text)));
    if (text % 2 == 0) CHECK(has_version(before, "one", text));
    at.server.kill();
    at.start();
    conversation after{at.server.port()};
    CHECK(text_of(after.ask("one", "x")) == std::to_string(text));
    CHECK(agent(after, "one").at("version") == text);
  }
  // Deleted while nobody looks.
  at.server.kill();
  at.remove("one.yaml");
  at.start();
  conversation last{at.server.port()};
  CHECK(last.get("/api/v1/agents/one").status == 404);
  at.write("one.yaml", saying("one", "6"));
  CHECK(has_version(last, "one", 6));
  CHECK(versions(last, "one") == std::vector<int>{1, 2, 3, 4, 5, 6});
}

}  // namespace
}  // namespace mofa::test
