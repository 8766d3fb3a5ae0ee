#include <doctest/doctest.h>
#include <signal.h>

#include <charconv>
#include <fstream>

#include "tests/e2e/cli_run.hpp"
#include "tests/support/conversation.hpp"

namespace mofa::test {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

struct made_key {
  std::string secret, line;
};

made_key new_key(const std::string& name, const std::string& scope) {
  const auto printed = mofa({"keys", "new", name, "--scope", scope}).output;
  return {printed.substr(0, printed.find('\n')), printed.substr(printed.find("    - "))};
}

/// The shipped program with a configuration of its own, which it is started with and nothing else.
class configured {
 public:
  explicit configured(const std::string& settings) {
    fs::create_directory(folder_.path() / "agents");
    write("agents/echo.yaml", "name: echo\nkind: scenario\notherwise: [{complete: {text: \"{{text}}\"}}]\n");
    fs::copy_file(source_folder() / "tests/e2e/agents/scheduling/patient.yaml", folder_.path() / "agents/patient.yaml");
    configure(settings);
    process_plan plan;
    plan.arguments = {shipped_program(),      "serve", "--config", folder_.path() / "mofa.yaml", "--data",
                      folder_.path() / "data"};
    plan.errors = folder_.path() / "stderr";
    life_ = std::make_unique<process>(plan);
    const auto greeting = life_->line(patience);
    REQUIRE_MESSAGE(greeting, errors());
    constexpr std::string_view before = "http://127.0.0.1:";
    const auto place = greeting->find(before);
    REQUIRE(place != std::string::npos);
    std::from_chars(greeting->data() + place + before.size(), greeting->data() + greeting->size(), port_);
  }

  void write(const std::string& file, const std::string& text) const { std::ofstream{folder_.path() / file} << text; }
  void configure(const std::string& settings, const std::string& listen = "127.0.0.1:0",
                 const std::string& folders = "agents") const {
    write("mofa.yaml", "listen: " + listen + "\ndefinitions: [" + folders + "]\nmodels:\n  default: [patient/patient]\n" +
                           "  providers:\n    patient: {kind: scripted, file: " +
                           (source_folder() / "tests/e2e/models/patient.yaml").string() + "}\n" + settings);
  }
  cli_outcome reload(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), "reload");
    return mofa(std::move(more), {{"MOFA_URL", "127.0.0.1:" + std::to_string(port_)}});
  }
  void hang_up() const { life_->kill(SIGHUP); }
  std::uint16_t port() const { return port_; }
  std::string errors() const { return file_text(folder_.path() / "stderr"); }
  const fs::path& folder() const { return folder_.path(); }
  std::optional<process_end> terminate() const {
    life_->kill(SIGTERM);
    return life_->wait(patience);
  }

 private:
  scratch_folder folder_;
  std::unique_ptr<process> life_;
  std::uint16_t port_ = 0;
};

TEST_CASE("mofa reload says what is in force now and what waits for a restart, and the log has it too") {
  configured server{"log: {level: info}\n"};
  conversation with{server.port()};
  CHECK(server.reload().output == "nothing has changed\n");
  (void)with.read("/api/v1/agents/echo");
  CHECK_FALSE(has(server.errors(), " debug "));
  server.configure("log: {level: debug, format: json}\nthreads: {io: 3}\n", "127.0.0.1:1");
  const auto got = server.reload();
  CHECK(got.code == 0);
  CHECK(got.output == "applied: log.level, log.format\nwaits for a restart: listen, threads.io\n");
  CHECK(got.errors.empty());
  (void)with.read("/api/v1/agents/echo");
  CHECK(with.eventually("/livez", [&](const auto&) {
    return has(server.errors(), "\"level\":\"debug\"") && has(server.errors(), "route=/api/v1/agents/{name}");
  }));
  CHECK(has(server.errors(), "settings wait for a restart: listen, threads.io"));
  const auto json_answer = body_of({200, {}, server.reload({"--json"}).output});
  CHECK(json_answer.at("applied").empty());
  CHECK(json_answer.at("restart_required") == json{"listen", "threads.io"});
}

TEST_CASE("a key that is taken out of the file is refused from then on, and a new one is let in") {
  const auto old_key = new_key("old", "agents:read"), admin = new_key("chief", "admin"),
             later = new_key("later", "agents:read"), reader = new_key("reader", "tasks:read");
  configured server{"auth:\n  keys:\n" + old_key.line + admin.line + reader.line};
  conversation with{server.port()};
  const auto status_for = [&](const made_key& key) {
    return with.get("/api/v1/agents", {{"Authorization", "Bearer " + key.secret}}).status;
  };
  CHECK(status_for(old_key) == 200);
  CHECK(status_for(later) == 401);
  CHECK(server.reload().code == 4);
  CHECK(server.reload({"--key", old_key.secret}).code == 4);
  wire socket{server.port()};
  REQUIRE(socket.send("GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + reader.secret +
                      "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
  CHECK(socket.head(steady_point::clock::now() + patience)->status == 101);
  server.configure("auth:\n  keys:\n" + admin.line + later.line);
  const auto got = server.reload({"--key", admin.secret});
  CHECK(got.code == 0);
  CHECK(got.output == "applied: auth.keys\n");
  CHECK(status_for(old_key) == 401);
  CHECK(status_for(later) == 200);
  CHECK(socket.ends());
}

TEST_CASE("a configuration with a mistake changes nothing; the command names line and key, and ends with 4") {
  configured server{""};
  conversation with{server.port()};
  server.configure("limits: {body_bytes: 2048}\nlog: {levl: debug}\n");
  const auto got = server.reload();
  CHECK(got.code == 4);
  CHECK(got.output.empty());
  CHECK(
      has(got.errors, (server.folder() / "mofa.yaml").string() + ":8:7: unknown key 'log.levl'; did you mean 'log.level'?"));
  CHECK(with.post("/api/v1/agents/echo/tasks", message_body(std::string(5'000, 'x'))).status == 202);
  server.hang_up();
  CHECK(with.eventually("/livez", [&](const auto&) { return has(server.errors(), "reload refused"); }));
  CHECK(with.post("/api/v1/agents/echo/tasks", message_body(std::string(5'000, 'x'))).status == 202);
  // Mended, it is taken: here by the signal, on a connection that is open.
  server.configure("limits: {body_bytes: 2048}\n");
  server.hang_up();
  CHECK(
      with.eventually("/livez", [&](const auto&) { return has(server.errors(), "reloaded applied=[limits.body_bytes]"); }));
  CHECK(with.post("/api/v1/agents/echo/tasks", message_body(std::string(5'000, 'x'))).status == 413);
  CHECK(text_of(with.ask("echo", "still here")) == "still here");
  const auto end = server.terminate();
  REQUIRE(end);
  CHECK(end->code == 0);
}

TEST_CASE("more slots are used at once, and fewer as soon as calls have ended") {
  configured server{"scheduling: {slots: {model: 1}}\n"};
  conversation with{server.port()};
  const auto busy = [&](double count, double waiting) {
    return with.eventually("/readyz", [&](const auto&) {
      return metric(with, "mofa_slots_busy{resource=\"model\"}") == count &&
             metric(with, "mofa_slots_waiting{resource=\"model\"}") == waiting;
    });
  };
  std::vector<std::string> tasks;
  for (int i = 0; i < 4; ++i) tasks.push_back(id_of(with.submit("patient", "hold")));
  CHECK(busy(1, 3));
  server.configure("scheduling: {slots: {model: 3}}\n");
  CHECK(server.reload().output == "applied: scheduling.slots\n");
  CHECK(busy(3, 1));
  server.configure("scheduling: {slots: {model: 2}}\n");
  CHECK(server.reload().code == 0);
  CHECK(busy(3, 1));
  // With four tasks, two slots: whoever is canceled makes room only when two or fewer run.
  int canceled = 0;
  for (const auto& each : tasks) {
    if (canceled == 2) break;
    canceled += with.post("/api/v1/tasks/" + each + ":cancel", "{}").status == 200 ? 1 : 0;
  }
  CHECK(busy(2, 0));
}

TEST_CASE("definitions are read with the configuration, broken ones end the command with 1, and other folders are taken") {
  configured server{""};
  conversation with{server.port()};
  fs::create_directory(server.folder() / "more");
  server.write("more/one.yaml", "name: one\nkind: scenario\notherwise: [{complete: {text: first}}]\n");
  server.write("more/bad.yaml", "name: bad\nkind: scenario\nrulez: []\n");
  server.configure("", "127.0.0.1:0", "agents, more");
  const auto got = server.reload();
  CHECK(got.code == 1);
  CHECK(got.output == "applied: definitions\nagents added: one\n");
  CHECK(
      has(got.errors, (server.folder() / "more/bad.yaml").string() + ":3:1: unknown member 'rulez'; did you mean 'rules'?"));
  CHECK(text_of(with.ask("one", "x")) == "first");
  fs::remove(server.folder() / "more/bad.yaml");
  server.configure("");
  const auto back = server.reload();
  CHECK(back.code == 0);
  CHECK(back.output == "applied: definitions\nagents removed: one\n");
  CHECK(with.eventually("/api/v1/agents/one", [](const auto& answer) { return answer.status == 404; }));
}

TEST_CASE("a reload needs the scope, takes POST only, and nobody is there to be told of a server that is not") {
  configured server{""};
  conversation with{server.port()};
  CHECK(with.get("/api/v1/configuration:reload").status == 405);
  CHECK(with.post("/api/v1/configuration:reload", R"({"dry":true})").status == 422);
  const auto got = body_of(with.post("/api/v1/configuration:reload"));
  CHECK(got.at("definitions").at("errors").empty());
  CHECK(mofa({"reload", "--url", "127.0.0.1:1"}).code == 3);
  CHECK(mofa({"reload", "--all"}).code == 2);
}

}  // namespace
}  // namespace mofa::test
