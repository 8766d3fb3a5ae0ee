#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

namespace fs = std::filesystem;

// A folder with config/mofa.yaml and config/agents/, as the working directory of programs that end by themselves.
struct workplace {
  scratch_folder folder;
  std::optional<uid_t> user;
  std::string program = shipped_program();

  workplace() {
    fs::create_directories(folder.path() / "config/agents");
    write("config/mofa.yaml", "definitions: [agents]\n");
    write("config/agents/echo.yaml", "name: echo\nkind: scenario\notherwise:\n  - complete: {text: \"{{text}}\"}\n");
  }

  void write(const std::string& file, const std::string& text) const { std::ofstream{folder.path() / file} << text; }

  struct outcome {
    int code = -1;
    std::string output, errors;
  };

  outcome run(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {}) const {
    process_plan plan;
    plan.arguments = {program};
    plan.arguments.insert(plan.arguments.end(), arguments.begin(), arguments.end());
    plan.environment = environment;
    plan.errors = folder.path() / "stderr";
    plan.folder = folder.path();
    plan.user = user;
    fs::remove(plan.errors);
    process child{plan};
    outcome out;
    while (auto line = child.line(patience)) out.output += *line;
    if (const auto end = child.wait(patience)) out.code = end->code;
    out.errors = child.errors();
    return out;
  }

  outcome serve(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"serve", "--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
};

void check_refusal(const workplace::outcome& got, const std::string& line) {
  CHECK(got.code == 1);
  CHECK(got.errors == line + "\n");
  CHECK(got.output.empty());
}

TEST_CASE("a port in use is told with another one to try") {
  test_server server;
  REQUIRE(server.start());
  const workplace here;
  const auto port = std::to_string(server.port()), next = std::to_string(server.port() + 1);
  check_refusal(here.run({"serve", "--listen", "127.0.0.1:" + port}),
                "listen 127.0.0.1:" + port + ": in use; use --listen 127.0.0.1:" + next);
}

TEST_CASE("a mistyped setting is told with file, line, column and the nearest one") {
  const workplace here;
  here.write("config/mofa.yaml", "definitions: [agents]\nlisen: 127.0.0.1:0\n");
  check_refusal(here.serve(), "config/mofa.yaml:2:1: unknown key 'lisen'; did you mean 'listen'?");
  here.write("config/mofa.yaml", "definitions: [agents]\nlimits:\n  body_byte: 4096\n");
  check_refusal(here.serve(), "config/mofa.yaml:3:3: unknown key 'limits.body_byte'; did you mean 'limits.body_bytes'?");
}

TEST_CASE("all that is wrong with a configuration is told at once, a line each") {
  const workplace here;
  here.write("config/mofa.yaml",
             "definitions: [agents]\nlimits: {body_bytes: 1}\nlog: {level: loud}\ndata_dir: ${NOT_SET_AT_ALL}\n");
  const auto got = here.serve();
  CHECK(got.code == 1);
  CHECK(got.errors.find("config/mofa.yaml:2:10: ") != std::string::npos);
  CHECK(got.errors.find("config/mofa.yaml:3:7: ") != std::string::npos);
  CHECK(got.errors.find("config/mofa.yaml:4:1: ") != std::string::npos);
  CHECK(got.errors.find("NOT_SET_AT_ALL") != std::string::npos);
}

TEST_CASE("a configuration that is not there is told, and the environment and the command line are checked as the file is") {
  const workplace here;
  const auto missing = here.serve({"--config", "nowhere.yaml"});
  CHECK(missing.code == 1);
  CHECK(missing.errors == "nowhere.yaml: cannot be read: No such file or directory\n");
  const auto wrong = here.run({"serve"}, {{"MOFA__LIMITS__BODY_BYTES", "many"}});
  CHECK(wrong.code == 1);
  CHECK(wrong.errors.find("MOFA__LIMITS__BODY_BYTES") != std::string::npos);
}

TEST_CASE("a mistyped member of a definition is told with file, line, column and the nearest one") {
  const workplace here;
  here.write("config/agents/a.yaml",
             "# a comment\n\nname: a\nkind: scenario\ndescription: one\n\nrulez:\n  - when: {text: x}\n    do: [{complete: "
             "{text: y}}]\n");
  check_refusal(here.serve(), "config/agents/a.yaml:7:1: unknown member 'rulez'; did you mean 'rules'?");
  here.write(
      "config/agents/a.yaml",
      "{\n \"name\": \"a\",\n \"kind\": \"scenario\",\n \"description\": \"one\",\n \"labels\": {},\n \"skills\": [],\n"
      "  \"rulez\": [{\"when\": {\"text\": \"x\"}, \"do\": [{\"complete\": {\"text\": \"y\"}}]}]\n}\n");
  check_refusal(here.serve(), "config/agents/a.yaml:7:3: unknown member 'rulez'; did you mean 'rules'?");
}

TEST_CASE("definitions that break in other ways are told with their place") {
  const workplace here;
  here.write("config/agents/a.yaml", "name: echo\nkind: scenario\notherwise: [{complete: {text: x}}]\n");
  CHECK(here.serve().errors == "config/agents/echo.yaml: agent 'echo' is defined by config/agents/a.yaml already\n");
  here.write("config/agents/a.yaml", "name: a\nkind: scenario\notherwise: [{call: {tool: clok}}]\n");
  check_refusal(here.serve(), "config/agents/a.yaml:3:21: unknown tool 'clok'; did you mean 'clock'?");
  here.write("config/agents/a.yaml", "name: &x [*x]\n");
  CHECK(here.serve().errors.starts_with("config/agents/a.yaml:1:"));
}

TEST_CASE("a data folder that cannot be written is told with the user and what to do") {
  workplace here;
  const auto data = here.folder.path() / "var";
  fs::create_directory(data);
  // Root may write anywhere: the server then runs as nobody, who may not reach every folder that root builds in.
  if (::geteuid() == 0) {
    here.user = 65534;
    here.program = here.folder.path() / "mofa";
    fs::copy_file(shipped_program(), here.program);
  }
  fs::permissions(here.folder.path(), fs::perms{0755});
  fs::permissions(data, fs::perms{0555});
  const auto uid = here.user.value_or(::geteuid());
  check_refusal(here.serve(), "var: not writable by uid " + std::to_string(uid) + "; use --data DIR or chown");
}

TEST_CASE("a folder that holds something else, or a file, is not taken as data folder") {
  const workplace here;
  fs::create_directory(here.folder.path() / "photos");
  here.write("photos/cat.jpg", "meow");
  check_refusal(here.serve({"--data", "photos"}), "photos: not empty and not a MoFA data folder; use --data DIR");
  CHECK(fs::exists(here.folder.path() / "photos/cat.jpg"));
  here.write("file", "");
  check_refusal(here.serve({"--data", "file"}), "file: not a folder; use --data DIR");
}

TEST_CASE("a second server on the same data folder is refused, and the first one goes on") {
  test_server server;
  REQUIRE(server.start());
  const workplace here;
  const auto data = (server.folder() / "data").string();
  check_refusal(here.serve({"--data", data}),
                data + ": in use by process " + std::to_string(server.life().pid()) + "; use --data DIR or stop it");
  conversation with{server.port()};
  CHECK(text_of(with.ask("echo", "still here")) == "still here");
}

TEST_CASE("an address that others reach needs a key") {
  const workplace here;
  const auto got = here.run({"serve", "--listen", "0.0.0.0:0"});
  CHECK(got.code == 1);
  CHECK(got.errors.starts_with("command line listen: listen 0.0.0.0:0: another address than loopback needs a key; "));
  CHECK(std::count(got.errors.begin(), got.errors.end(), '\n') == 1);
}

TEST_CASE("an agent that should answer at the origin and is not there is a line of the log, and no reason not to start") {
  const std::vector<std::string> only{"tests/e2e/agents/kill"};
  test_server asked{{.definitions = only, .settings = "a2a: {default_agent: nosuch}\n"}};
  REQUIRE(asked.start());
  CHECK(asked.errors().find(" warn app agent at the origin missing agent=nosuch ") != std::string::npos);
  test_server shipped{{.definitions = only}};
  REQUIRE(shipped.start());
  CHECK(shipped.errors().find(" info app agent at the origin missing agent=assistant ") != std::string::npos);
  test_server none{{.definitions = only, .settings = "a2a: {default_agent: \"\"}\n"}};
  REQUIRE(none.start());
  CHECK(none.errors().find("agent at the origin") == std::string::npos);
}

TEST_CASE("--print-config, version, validate and keys answer and end") {
  const workplace here;
  const auto printed = here.run({"serve", "--print-config", "--listen", "127.0.0.1:9"});
  CHECK(printed.code == 0);
  CHECK(printed.output.find("listen: 127.0.0.1:9\n") != std::string::npos);
  CHECK(here.run({"version"}).output.starts_with("mofa "));
  const auto fine = here.run({"validate", "config/agents/echo.yaml"});
  CHECK(fine.code == 0);
  here.write("config/agents/a.yaml", "name: a\nkind: scenario\nrulez: []\n");
  const auto wrong = here.run({"validate", "config/agents/echo.yaml", "config/agents/a.yaml"});
  CHECK(wrong.code == 1);
  CHECK(wrong.errors.find("config/agents/a.yaml:3:1: unknown member 'rulez'; did you mean 'rules'?") != std::string::npos);
  here.write("config/agents/a.yaml", "otherwise: []\n");
  CHECK(here.run({"validate", "config/agents/a.yaml"}).errors ==
        "config/agents/a.yaml:1:1: missing member 'name'\nconfig/agents/a.yaml:1:1: missing member 'kind'\n");
  const auto key = here.run({"keys", "new", "ci", "--scope", "tasks:read"});
  CHECK(key.code == 0);
  CHECK(key.output.starts_with("mofa_"));
  CHECK(here.run({"serve", "--lisen", "127.0.0.1:0"}).code == 2);
}

TEST_CASE("the line of `keys new` in the configuration lets its key in, within its scopes, and nobody else") {
  const workplace here;
  const auto made = here.run({"keys", "new", "ci", "--scope", "agents:read"}).output;
  const auto secret = made.substr(0, made.find('\n'));
  const auto line = made.substr(made.find("    - "));
  test_server server{{.settings = "auth:\n  keys:\n" + line}};
  REQUIRE(server.start());
  conversation with{server.port()};
  const header_pairs key{{"Authorization", "Bearer " + secret}};
  CHECK(with.get("/api/v1/agents").status == 401);
  CHECK(with.get("/api/v1/agents", {{"Authorization", "Bearer mofa_wrong"}}).status == 401);
  CHECK(with.get("/api/v1/agents", key).status == 200);
  CHECK(with.post("/api/v1/agents/echo/tasks", message_body("x"), key).status == 403);
  CHECK(with.get("/livez").status == 200);
}

TEST_CASE("SIGTERM drains: open streams end, the process ends with 0, and what ran goes on in the next life") {
  test_server server{{.definitions = {"tests/e2e/agents/trouble"}, .settings = "shutdown: {grace_ms: 5000}\n"}};
  REQUIRE(server.start());
  conversation with{server.port()};
  const auto task = id_of(with.submit("napper", "across two lives"));
  event_stream watching{server.port(), "GET", "/api/v1/tasks/" + task + "/events"};
  REQUIRE(watching.next());
  const auto end = server.terminate();
  REQUIRE(end);
  CHECK(end->code == 0);
  CHECK(end->signal == 0);
  (void)watching.rest(milliseconds{1000});
  REQUIRE(server.start());
  conversation again{server.port()};
  CHECK(text_of(again.ended(task)) == "across two lives");
}

TEST_CASE("SIGTERM lets a request that waits be answered, and an idle connection does not hold the server up") {
  test_server server{{.definitions = {"tests/e2e/agents/trouble"}, .settings = "shutdown: {grace_ms: 15000}\n"}};
  REQUIRE(server.start());
  conversation idle{server.port()};
  CHECK(idle.get("/livez").status == 200);
  wire waiting{server.port()};
  REQUIRE(waiting.send(
      request_text("POST", "/api/v1/agents/napper/tasks", message_body("wait for me"), {{"Prefer", "wait=10"}})));
  CHECK(idle.eventually("/api/v1/tasks?agent=napper", [](const auto& got) { return body_of(got).at("items").size() == 1; }));
  server.life().kill(SIGTERM);
  const auto answer = waiting.answer();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(text_of(body_of(*answer)) == "wait for me");
  const auto end = server.life().wait(patience);
  REQUIRE(end);
  CHECK(end->code == 0);
}

}  // namespace
}  // namespace mofa::test
