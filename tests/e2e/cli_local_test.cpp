#include <doctest/doctest.h>

#include <fstream>

#include "tests/e2e/cli_run.hpp"
#include "tests/support/mock_http_server.hpp"

namespace mofa::test {
namespace {

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

// A configuration with one agent, and what is asked about it.
struct workplace {
  scratch_folder folder;

  std::string path(const std::string& file) const { return (folder.path() / file).string(); }
  void write(const std::string& file, const std::string& text) const { std::ofstream{path(file)} << text; }
  void configure(const std::string& more = {}) const {
    std::filesystem::create_directories(folder.path() / "agents");
    write("mofa.yaml", "definitions: [agents]\n" + more);
    write("agents/echo.yaml", "name: echo\nkind: scenario\notherwise:\n  - complete: {text: \"{{text}}\"}\n");
  }
  cli_outcome doctor(std::vector<std::string> more = {}, const std::string& listen = "127.0.0.1:0") const {
    std::vector<std::string> all{"doctor", "--config", path("mofa.yaml"), "--data", path("data"), "--listen", listen};
    all.insert(all.end(), more.begin(), more.end());
    return mofa(std::move(all));
  }
};

TEST_CASE("the doctor has a line for each part, and is content when the server can run") {
  mock_http_server ollama{[](mock_peer& peer) {
    if (const auto got = peer.read_request(); got && got->target == "/v1/models")
      peer.send(mock_answer(200, R"({"data":[{"id":"llama3.2"},{"id":"qwen3"}]})"));
  }};
  const workplace here;
  here.configure("models:\n  providers:\n    ollama: {kind: openai, base_url: \"" + ollama.url("/v1") +
                 "\", requires_key: false}\n");
  const auto got = here.doctor();
  CHECK(got.code == 0);
  for (const auto* part : {"ok    configuration  ", "ok    data folder    ", " ms\n", "ok    port           ",
                           "ok    keys           ", "note  models         default ", "ok    definitions    1 agents\n"}) {
    CAPTURE(got.output);
    CHECK(has(got.output, part));
  }
  CHECK(has(got.output, ": llama3.2, qwen3; fix: to use it: models.default: [ollama/llama3.2]\n"));
  CHECK(got.output.ends_with("usable: mofa serve\n"));
  CHECK_FALSE(std::filesystem::exists(here.folder.path() / "data"));
}

TEST_CASE("the doctor names what is wrong with a configuration, with place and fix, and ends with 1") {
  const workplace here;
  here.configure("lisen: 127.0.0.1:0\n");
  const auto settings = here.doctor();
  CHECK(settings.code == 1);
  CHECK(has(settings.output, "mofa.yaml:2:1: unknown key 'lisen'; fix: did you mean 'listen'?\n1 thing to mend\n"));

  here.configure();
  here.write("agents/broken.yaml", "name: broken\nkind: scenario\nrulez: []\n");
  here.write("data", "a file");
  const auto rest = here.doctor({"--json"});
  CHECK(rest.code == 1);
  CHECK(has(rest.output, R"("check":"data folder")"));
  CHECK(has(rest.output, "broken.yaml:3:1: unknown member 'rulez'"));
}

TEST_CASE("the doctor names what settings need of one another, and so does a start") {
  const workplace here;
  here.configure("a2a: {card: {signing_key: card.pem}}\n");
  const auto got = here.doctor();
  CHECK(got.code == 1);
  CHECK(has(got.output, "mofa.yaml:2:14: a2a.card.signing_key needs a2a.public_base_url: "));
  CHECK(has(got.output, "; fix: set a2a.public_base_url to where clients reach this server"));
  for (const auto* last : {"--print-config", "--listen=127.0.0.1:0"}) {
    const auto start = mofa({"serve", "--config", here.path("mofa.yaml"), "--data", here.path("data"), last});
    CHECK(start.code == 1);
    CHECK(has(start.errors, "mofa.yaml:2:14: a2a.card.signing_key needs a2a.public_base_url: "));
  }
}

TEST_CASE("the doctor says who is missing at the origin, and where cards may be untrue") {
  const workplace here;
  here.configure();
  const auto shipped = here.doctor();
  CHECK(shipped.code == 0);
  CHECK(has(shipped.output, "ok    definitions    no agent 'assistant' for a2a.default_agent: "));
  CHECK_FALSE(has(shipped.output, "agent cards"));

  const std::string keys = "auth: {keys: [{name: ci, hash: \"sha256:" + std::string(64, 'a') + "\", scopes: [admin]}]}\n";
  here.configure(keys + "a2a: {default_agent: ecko}\n");
  const auto wrong = here.doctor();
  CHECK(wrong.code == 0);
  CHECK(has(wrong.output, "note  definitions    no agent 'ecko' for a2a.default_agent: "));
  CHECK(has(wrong.output, "; fix: did you mean 'echo'?\n"));
  CHECK(has(wrong.output, "note  agent cards    their URLs begin with http:// and the Host of the request"));

  here.configure(keys + "a2a: {default_agent: echo, public_base_url: \"https://a.example\"}\n");
  const auto right = here.doctor();
  CHECK_FALSE(has(right.output, "a2a.default_agent"));
  CHECK_FALSE(has(right.output, "agent cards"));
}

TEST_CASE("the doctor tells a port that a MoFA server has from one that somebody else has") {
  cli_server server;
  REQUIRE(server.start());
  const workplace here;
  here.configure();
  const auto ours = here.doctor({}, server.url());
  CHECK(ours.code == 0);
  CHECK(has(ours.output, server.url() + ": a MoFA server answers there\n"));
  mock_http_server other{[](mock_peer& peer) {
    if (peer.read_request()) peer.send(mock_answer(200, "hello"));
  }};
  const auto port = "127.0.0.1:" + std::to_string(other.port());
  const auto taken = here.doctor({}, port);
  CHECK(taken.code == 1);
  CHECK(has(taken.output, "BAD   port           listen " + port + ": in use; fix: use --listen 127.0.0.1:"));
}

TEST_CASE("the doctor does not show the password of a provider's URL") {
  const workplace here;
  here.configure(
      "models:\n  providers:\n    ollama: {kind: openai, base_url: \"http://me:s3cret@127.0.0.1:1/v1\", requires_key: "
      "false}\n");
  const auto got = here.doctor();
  CHECK(has(got.output, "none at http://***@127.0.0.1:1/v1; nothing needs it\n"));
  CHECK_FALSE(has(got.output, "s3cret"));
}

TEST_CASE("a new agent is valid as it is, and is never written over a file") {
  const workplace here;
  for (const std::string kind : {"scenario", "llm"}) {
    const auto file = here.path(kind + ".yaml");
    const auto made = mofa({"new", "agent", "greeter", "--kind", kind, "--output", file});
    CHECK(made.code == 0);
    CHECK(has(file_text(file), "# An agent."));
    CHECK(mofa({"new", "agent", "greeter", "--kind", kind}).output == file_text(file));
    const auto checked = mofa({"validate", file});
    CHECK_MESSAGE(checked.code == 0, checked.errors);
    CHECK(checked.output == file + ": ok: agent 'greeter' of kind " + kind + "\n");
    const auto again = mofa({"new", "agent", "other", "--kind", kind, "--output", file});
    CHECK(again.code == 1);
    CHECK(has(file_text(file), "\"greeter\""));
  }
  CHECK(mofa({"new", "agent", "My Agent", "--kind", "llm"}).code == 2);
}

// A server that knows the agent `old` only, and notes what is sent.
struct definitions_server {
  std::mutex guard;
  std::vector<mock_request> sent;
  mock_http_server server{[this](mock_peer& peer) {
    const auto got = peer.read_request();
    if (!got) return;
    if (got->method == "GET" && got->target == "/api/v1/agents/old")
      peer.send(mock_answer(200, R"({"name":"old","version":3})", "ETag: \"3\"\r\n"));
    else if (got->method == "GET")
      peer.send(mock_answer(404, R"({"detail":"no such agent","code":"not_found"})"));
    else {
      const std::lock_guard lock{guard};
      sent.push_back(*got);
      const bool wrong = got->body.find("wrong") != std::string::npos;
      peer.send(
          wrong ? mock_answer(
                      422,
                      R"({"detail":"1 mistake","code":"invalid","errors":[{"path":"/x","message":"unknown member 'x'"}]})")
                : mock_answer(got->method == "POST" ? 201 : 200, R"({"name":"a","version":4})"));
    }
  }};
};

TEST_CASE("apply makes what is new, and a new version of what has not changed meanwhile") {
  const workplace here;
  here.write("new.yaml", "# mine\nname: fresh\nkind: scenario\n");
  here.write("old.json", R"({"name": "old", "kind": "scenario"})");
  here.write("wrong.yaml", "name: wrong\nx: 1\n");
  here.write("broken.yaml", "name: [\n");
  definitions_server with;
  const auto url = with.server.url("");
  const auto got = mofa({"agents", "apply", "-f", here.path("new.yaml"), "-f", here.path("old.json"), "--url", url});
  CHECK(got.code == 0);
  CHECK(got.output == "fresh: created, version 4\nold: changed, version 4\n");
  {
    const std::lock_guard lock{with.guard};
    REQUIRE(with.sent.size() == 2);
    CHECK(with.sent[0].method == "POST");
    CHECK(with.sent[0].target == "/api/v1/agents");
    CHECK(with.sent[0].header("content-type") == "application/yaml");
    CHECK(with.sent[0].body == "# mine\nname: fresh\nkind: scenario\n");
    CHECK(with.sent[1].method == "PUT");
    CHECK(with.sent[1].target == "/api/v1/agents/old");
    CHECK(with.sent[1].header("content-type") == "application/json");
    CHECK(with.sent[1].header("if-match") == "\"3\"");
  }
  const auto some = mofa({"agents", "apply", "-f", here.path("wrong.yaml"), "-f", here.path("broken.yaml"), "-f",
                          here.path("new.yaml"), "--url", url});
  CHECK(some.code == 4);
  CHECK(has(some.errors, "wrong.yaml: refused: 1 mistake\n  /x: unknown member 'x'\n"));
  CHECK(has(some.errors, "broken.yaml:"));
  CHECK(some.output == "fresh: created, version 4\n");
  CHECK(mofa({"agents", "apply", "-f", here.path("nowhere.yaml"), "--url", url}).code == 1);
}

TEST_CASE("a server that answers something else than MoFA's does is told as a stranger") {
  for (const std::string body : {"[]", "7", "\"hello\"", "<html></html>", "{\"items\": 7}"}) {
    CAPTURE(body);
    mock_http_server server{[&](mock_peer& peer) {
      while (peer.read_request()) peer.send(mock_answer(200, body));
    }};
    std::vector<std::vector<std::string>> commands{{"agents", "list"}, {"tasks", "list"}};
    if (!body.starts_with("{"))
      for (auto each : {std::vector<std::string>{"tasks", "get", "x"},
                        {"tasks", "watch", "x"},
                        {"tasks", "cancel", "x"},
                        {"agents", "get", "x"},
                        {"call", "--task", "x", "hello"}})
        commands.push_back(std::move(each));
    for (auto& words : commands) {
      CAPTURE(words.front());
      words.insert(words.end(), {"--url", server.url("")});
      const auto got = mofa(words);
      CHECK(got.code == 3);
      CHECK(got.output.empty());
      CHECK(has(got.errors, "answers, but not as a MoFA server does; is --url right?"));
    }
  }
  mock_http_server server{[&](mock_peer& peer) {
    while (peer.read_request()) peer.send(mock_answer(200, R"({"last_event": "x"})"));
  }};
  const auto got = mofa({"tasks", "watch", "x", "--url", server.url("")});
  CHECK(got.code == 1);
  CHECK(has(got.errors, "mofa ended unexpectedly: "));
}

TEST_CASE("a new agent that is applied to a running server answers at once") {
  cli_server server;
  REQUIRE(server.start());
  const workplace here;
  const auto file = here.path("greeter.yaml");
  REQUIRE(mofa({"new", "agent", "greeter", "--kind", "scenario", "-o", file}).code == 0);
  const auto at = server.environment();
  CHECK(mofa({"agents", "apply", "-f", file}, at).output == "greeter: created, version 1\n");
  CHECK(mofa({"agents", "apply", "-f", file}, at).output == "greeter: unchanged, version 1\n");
  CHECK(mofa({"call", "greeter", "I am Ada"}, at).output == "Hello Ada, nice to meet you.\n");
  const auto echo = (source_folder() / "config/agents/echo.yaml").string();
  const auto refused = mofa({"agents", "apply", "-f", echo}, at);
  CHECK(refused.code == 4);
  CHECK(has(refused.errors, "fix: change that file"));
}

TEST_CASE("bash completes commands and options") {
  const auto replies = [](const std::string& words, int at) {
    return shell("source <($MOFA completion bash); COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) +
                 "; _mofa; echo \"${COMPREPLY[*]}\"")
        .output;
  };
  CHECK(replies("mofa ta", 1) == "tasks\n");
  CHECK(replies("mofa tasks ''", 2) == "list get cancel watch --help\n");
  CHECK(replies("mofa events 01a2 --fo", 3) == "--follow\n");
}

}  // namespace
}  // namespace mofa::test
