#include <doctest/doctest.h>

#include <set>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

struct made_key {
  std::string secret, line;

  std::string hash() const { return line.substr(line.find("sha256:"), std::string{"sha256:"}.size() + 64); }
};

std::string output_of(std::vector<std::string> arguments) {
  const scratch_folder folder;
  arguments.insert(arguments.begin(), shipped_program());
  process_plan plan;
  plan.arguments = std::move(arguments);
  plan.errors = folder.path() / "stderr";
  process child{plan};
  std::string out;
  while (const auto line = child.line(patience)) out += *line;
  const auto end = child.wait(patience);
  REQUIRE_MESSAGE((end && end->code == 0), child.errors());
  return out;
}

made_key new_key(const std::string& name, const std::string& tenant, const std::vector<std::string>& scopes,
                 const std::string& expires = "90d") {
  std::vector<std::string> arguments{"keys", "new", name, "--tenant", tenant, "--expires", expires};
  for (const auto& one : scopes) arguments.insert(arguments.end(), {"--scope", one});
  const auto printed = output_of(arguments);
  return {printed.substr(0, printed.find('\n')), printed.substr(printed.find("    - "))};
}

// One who speaks to the server with one key.
class person {
 public:
  person(std::uint16_t port, std::string secret) : port_(port), secret_(std::move(secret)), client_(port) {}

  http_answer request(const std::string& method, const std::string& path, const std::string& body = {},
                      header_pairs headers = {}) {
    if (!secret_.empty()) headers.emplace_back("Authorization", "Bearer " + secret_);
    const auto got = client_.request(method, path, body, headers);
    if (!got) throw unexpected_answer(method + " " + path + ": no answer");
    return *got;
  }
  http_answer get(const std::string& path) { return request("GET", path); }
  event_stream follow(const std::string& path) const {
    return event_stream{port_, "GET", path, {}, {{"Authorization", "Bearer " + secret_}}};
  }

  json read(const std::string& path) {
    const auto got = get(path);
    if (got.status != 200) throw unexpected_answer("GET " + path + ": " + got.body);
    return body_of(got);
  }
  // A new task, settled.
  json ask(const std::string& agent, const std::string& text, const json& more = json::object()) {
    const auto got =
        request("POST", "/api/v1/agents/" + agent + "/tasks", message_body(text, more), {{"Prefer", "wait=15"}});
    if (got.status != 200) throw unexpected_answer("submit to " + agent + ": " + got.body);
    return body_of(got);
  }
  json submit(const std::string& agent, const std::string& text, const json& more = json::object()) {
    const auto got = request("POST", "/api/v1/agents/" + agent + "/tasks", message_body(text, more));
    if (got.status != 202) throw unexpected_answer("submit to " + agent + ": " + got.body);
    return body_of(got);
  }

 private:
  std::uint16_t port_;
  std::string secret_;
  http_client client_;
};

const std::vector<std::string> user{"tasks:read", "tasks:write"};

// Two tenants, and several owners in the first. Started by the first case, for all.
struct tenancy {
  made_key alice = new_key("alice", "north", user), bob = new_key("bob", "north", user);
  made_key chief = new_key("chief", "north", {"admin"});
  made_key carol = new_key("carol", "south", user), governor = new_key("governor", "south", {"admin"});
  made_key reader = new_key("reader", "north", {"tasks:read", "agents:read"});
  made_key writer = new_key("writer", "north", {"tasks:write"});
  made_key late = new_key("late", "north", user, "1h");
  test_server server{{.settings = settings()}};

  tenancy() { REQUIRE_MESSAGE(server.start(), server.errors()); }

  std::vector<const made_key*> all() const { return {&alice, &bob, &chief, &carol, &governor, &reader, &writer, &late}; }

 private:
  std::string settings() {
    // No key is made expired: this one's day is put into the past.
    constexpr std::string_view member = "expires: \"";
    late.line.replace(late.line.find(member) + member.size(), 4, "2001");
    std::string out = "log: {level: debug}\nauth:\n  keys:\n";
    for (const auto* one : all()) out += one->line;
    return out;
  }
};

struct with_tenants {
  static tenancy& here() {
    static tenancy all;
    return all;
  }
  person as(const made_key& key) const { return {here().server.port(), key.secret}; }

  person alice = as(here().alice), bob = as(here().bob), chief = as(here().chief);
  person carol = as(here().carol), governor = as(here().governor);
};

void check_problem(const http_answer& got, int status, const std::string& code) {
  CHECK_MESSAGE(got.status == status, got.body);
  CHECK(got.header("content-type") == "application/problem+json");
  CHECK(body_of(got).at("code") == code);
}

const std::string unknown_task = "0190163d-8694-739b-aea5-966c26f8ad91";

// The refusal without what must differ: the id that was asked for and the number of the request.
json form_of(const http_answer& got, const std::string& id) {
  auto out = body_of(got);
  REQUIRE(out.is_object());
  out.erase("request_id");
  for (auto* member : {&out["detail"], &out["instance"]}) {
    auto text = member->get<std::string>();
    for (auto at = text.find(id); at != std::string::npos; at = text.find(id)) text.replace(at, id.size(), "ID");
    *member = text;
  }
  return out;
}

// Nothing tells another's from what does not exist.
void check_hidden(person& from, const std::string& method, const std::string& before, const std::string& id,
                  const std::string& unknown, const std::string& after, const std::string& body = {},
                  const header_pairs& headers = {}) {
  const auto got = from.request(method, before + id + after, body, headers);
  const auto nothing = from.request(method, before + unknown + after, body, headers);
  CHECK_MESSAGE(got.status == 404, method, " ", after, ": ", got.body);
  CHECK(form_of(got, id) == form_of(nothing, unknown));
  CHECK(got.headers.size() == nothing.headers.size());
}

std::set<std::string> ids_of(const json& page) {
  std::set<std::string> out;
  for (const auto& one : page.at("items")) out.insert(one.at("id").get<std::string>());
  return out;
}

std::set<std::string> listed(person& by, const std::string& query) {
  return ids_of(by.read("/api/v1/tasks?limit=200" + query));
}

int received_messages(person& by, const std::string& task) {
  int out = 0;
  for (const auto& one : by.read("/api/v1/tasks/" + task + "/events?limit=200").at("items"))
    out += one.at("kind") == "message_received" ? 1 : 0;
  return out;
}

TEST_CASE_FIXTURE(with_tenants,
                  "another owner's task is the same 404 as an unknown one, whoever asks and whatever is asked") {
  // At work, waiting for a person, ended; and two that are in memory only.
  const std::vector<json> tasks{alice.submit("napper", "long"), alice.ask("weather", "weather in Oslo"),
                                alice.ask("echo", "mine"), alice.ask("fleeting", "mine"), alice.ask("fleeting", "ask")};
  const std::string path = "/api/v1/tasks/";
  for (const auto& task : tasks) {
    const auto id = id_of(task);
    const auto before = alice.read(path + id);
    for (auto* stranger : {&bob, &carol, &governor}) {
      const auto hidden = [&](const std::string& method, const std::string& after, const std::string& body = {},
                              const header_pairs& headers = {}) {
        check_hidden(*stranger, method, path, id, unknown_task, after, body, headers);
      };
      hidden("GET", "");
      hidden("GET", "/events");
      hidden("GET", "/events", {}, {{"Accept", "text/event-stream"}});
      hidden("GET", "/events?after=1000", {}, {{"Accept", "text/event-stream"}});
      hidden("POST", "/messages", message_body("intruding"));
      hidden("POST", "/messages", message_body("intruding"), {{"Idempotency-Key", "intruder"}});
      hidden("POST", ":cancel");
      hidden("DELETE", "");
      CHECK(listed(*stranger, "&parent_id=" + id).empty());
    }
    CHECK(alice.read(path + id) == before);
    CHECK(received_messages(alice, id) == 0);
  }
}

TEST_CASE_FIXTURE(with_tenants, "another owner's context is the same 404 as an unknown one") {
  alice.ask("echo", "mine", {{"context_id", "diary"}});
  const std::string path = "/api/v1/contexts/";
  for (auto* stranger : {&bob, &carol, &governor}) {
    check_hidden(*stranger, "GET", path, "diary", "nothing", "");
    check_hidden(*stranger, "GET", path, "diary", "nothing", "/messages");
    check_hidden(*stranger, "DELETE", path, "diary", "nothing", "");
    CHECK(listed(*stranger, "&context_id=diary").empty());
  }
  CHECK(alice.read(path + "diary").at("tasks") == 1);
  CHECK(!alice.read(path + "diary/messages").at("items").empty());
}

TEST_CASE_FIXTURE(with_tenants, "lists show one's own, an admin's those of the tenant, and a cursor opens no other list") {
  const json here{{"labels", {{"suite", "lists"}}}};
  const auto make = [&](person& by) {
    return std::set{id_of(by.ask("echo", "x", here)), id_of(by.submit("napper", "long", here))};
  };
  const auto alices = make(alice), bobs = make(bob), carols = make(carol);
  auto norths = alices;
  norths.insert(bobs.begin(), bobs.end());
  for (const std::string query : {"", "&agent=echo", "&state=working"}) {
    const auto wanted = [&](const std::set<std::string>& owned, person& by) {
      std::set<std::string> out;
      for (const auto& id : owned) {
        const auto task = by.read("/api/v1/tasks/" + id);
        const bool echoed = task.at("agent") == "echo";
        if (query.empty() || echoed == (query == "&agent=echo")) out.insert(id);
      }
      return out;
    };
    const auto labelled = query + "&label=suite:lists";
    CHECK(listed(alice, labelled) == wanted(alices, alice));
    CHECK(listed(bob, labelled) == wanted(bobs, bob));
    CHECK(listed(carol, labelled) == wanted(carols, carol));
    CHECK(listed(chief, labelled) == wanted(norths, chief));
    CHECK(listed(governor, labelled) == wanted(carols, governor));
  }
  for (const auto& id : listed(alice, "")) CHECK_MESSAGE(bob.get("/api/v1/tasks/" + id).status == 404, id);
  for (const auto& id : listed(governor, "")) CHECK_MESSAGE(chief.get("/api/v1/tasks/" + id).status == 404, id);

  const auto page = chief.read("/api/v1/tasks?limit=1&label=suite:lists");
  const auto cursor = page.at("next_cursor").get<std::string>();
  for (const auto& id : listed(carol, "&cursor=" + cursor)) CHECK(carol.get("/api/v1/tasks/" + id).status == 200);
  for (const auto& id : listed(bob, "&cursor=" + cursor)) CHECK(bob.get("/api/v1/tasks/" + id).status == 200);
}

TEST_CASE_FIXTURE(with_tenants,
                  "an admin reads, answers and ends what the owners of its tenant have, and remains a stranger next door") {
  const auto asked = id_of(alice.ask("weather", "weather in Oslo"));
  const std::string path = "/api/v1/tasks/";
  CHECK(chief.read(path + asked) == alice.read(path + asked));
  CHECK(chief.read(path + asked + "/events") == alice.read(path + asked + "/events"));
  CHECK(chief.request("POST", path + asked + "/messages", message_body("Monday")).status == 202);
  auto stream = chief.follow(path + asked + "/events");
  CHECK(!stream.rest().empty());
  CHECK(stream.complete());
  CHECK(state_of(alice.read(path + asked)) == "completed");

  const auto napping = id_of(bob.submit("napper", "long"));
  CHECK(governor.request("POST", path + napping + ":cancel").status == 404);
  CHECK(chief.request("POST", path + napping + ":cancel").status == 200);
  CHECK(state_of(bob.read(path + napping)) == "canceled");
  CHECK(chief.request("DELETE", path + napping).status == 204);
  CHECK(bob.get(path + napping).status == 404);
}

TEST_CASE_FIXTURE(with_tenants, "the same Idempotency-Key of two owners makes two tasks, and repeats each its own") {
  const std::string path = "/api/v1/agents/echo/tasks";
  std::set<std::string> made;
  std::size_t count = 0;
  for (auto* one : {&alice, &bob, &carol, &chief, &governor}) {
    const auto body = message_body("number " + std::to_string(++count));
    const header_pairs once{{"Idempotency-Key", "the-same"}, {"Prefer", "wait=15"}};
    const auto first = one->request("POST", path, body, once);
    CHECK(first.status == 200);
    CHECK(first.header("idempotency-replayed").empty());
    const auto again = one->request("POST", path, body, once);
    CHECK(again.header("idempotency-replayed") == "true");
    CHECK(again.body == first.body);
    made.insert(id_of(body_of(first)));
  }
  CHECK(made.size() == count);
}

TEST_CASE_FIXTURE(with_tenants,
                  "the same context_id of two owners never meets: no order, no interruption, no common history") {
  const json here{{"context_id", "common"}};
  for (const std::string agent : {"rejecting", "interrupting", "napper"}) {
    const auto first = id_of(alice.submit(agent, "long by alice", here));
    // Whose context is at work stands in the way of nobody else.
    for (auto* other : {&bob, &carol}) CHECK(text_of(other->ask(agent, "by another", here)) == "by another");
    CHECK(state_of(alice.read("/api/v1/tasks/" + first)) != "canceled");
  }
  const std::string path = "/api/v1/contexts/common";
  for (auto* one : {&alice, &bob, &carol}) CHECK(one->read(path).at("tasks") == 3);
  for (const auto& one : bob.read(path + "/messages").at("items")) CHECK(one.at("parts").at(0).at("text") == "by another");
  CHECK(ids_of(chief.read("/api/v1/contexts?limit=200")).contains("common"));

  CHECK(bob.request("DELETE", path).status == 204);
  CHECK(bob.get(path).status == 404);
  CHECK(alice.read(path).at("tasks") == 3);
  CHECK(carol.read(path).at("tasks") == 3);
}

TEST_CASE_FIXTURE(with_tenants, "a key without the scope is 403 naming it, whether or not the thing exists") {
  auto reader = as(here().reader), writer = as(here().writer);
  const auto task = id_of(alice.ask("echo", "mine"));
  const auto check = [](const http_answer& got, const std::string& name, const std::string& scope) {
    check_problem(got, 403, "forbidden");
    CHECK(body_of(got).at("detail") == "the key '" + name + "' lacks the scope '" + scope + "'");
  };
  for (const auto& id : {task, unknown_task}) {
    const auto path = "/api/v1/tasks/" + id;
    check(writer.get(path), "writer", "tasks:read");
    check(writer.get(path + "/events"), "writer", "tasks:read");
    check(reader.request("DELETE", path), "reader", "tasks:write");
    check(reader.request("POST", path + ":cancel"), "reader", "tasks:write");
    check(reader.request("POST", path + "/messages", message_body("x")), "reader", "tasks:write");
  }
  check(reader.request("POST", "/api/v1/agents/echo/tasks", message_body("x")), "reader", "tasks:write");
  check(writer.get("/api/v1/tasks"), "writer", "tasks:read");
  check(writer.get("/api/v1/contexts"), "writer", "tasks:read");
  check(writer.get("/api/v1/agents"), "writer", "agents:read");
  check(writer.get("/api/v1/supervision"), "writer", "agents:read");
  check(reader.request("POST", "/api/v1/agents/echo:pause"), "reader", "agents:write");
  check(reader.get("/metrics"), "reader", "metrics");
  CHECK(reader.get("/api/v1/agents").status == 200);
  CHECK(writer.request("POST", "/api/v1/agents/echo/tasks", message_body("x")).status == 202);
  CHECK(chief.get("/metrics").status == 200);
}

TEST_CASE_FIXTURE(with_tenants,
                  "without a key, with an unknown and with an expired one it is 401, on known and unknown paths") {
  const auto port = here().server.port();
  const auto almost = here().alice.secret.substr(0, here().alice.secret.size() - 1);
  for (const auto& secret : {std::string{}, std::string{"mofa_unknown"}, almost, here().alice.hash(), here().late.secret}) {
    person somebody{port, secret};
    for (const auto& path :
         {std::string{"/api/v1/tasks"}, "/api/v1/tasks/" + unknown_task, std::string{"/metrics"}, std::string{"/nowhere"}}) {
      const auto got = somebody.get(path);
      check_problem(got, 401, "unauthenticated");
      CHECK(got.header("www-authenticate").starts_with("Bearer"));
    }
    check_problem(somebody.request("POST", "/api/v1/agents/echo/tasks", message_body("x")), 401, "unauthenticated");
    CHECK(somebody.get("/livez").status == 200);
    CHECK(somebody.get("/readyz").status == 200);
  }
  CHECK(body_of(as(here().late).get("/api/v1/tasks"))
            .at("detail")
            .get<std::string>()
            .starts_with("the key 'late' expired at 2001-"));
  person by_header{port, ""};
  CHECK(by_header.request("GET", "/api/v1/tasks", {}, {{"X-API-Key", here().alice.secret}}).status == 200);
}

TEST_CASE_FIXTURE(with_tenants,
                  "a key's secret is nowhere: not in the configuration that is shown, in the log or in the data folder") {
  alice.ask("echo", "mine");
  check_problem(as(here().late).get("/api/v1/tasks"), 401, "unauthenticated");
  auto& server = here().server;
  const auto shown = output_of(
      {"serve", "--print-config", "--config", (server.folder() / "mofa.yaml").string(), "--listen", "127.0.0.1:0"});
  const auto log = server.errors();
  REQUIRE(log.find("route=/api/v1/agents/{name}/tasks") != std::string::npos);
  std::string stored;
  for (const auto& file : std::filesystem::recursive_directory_iterator{server.folder() / "data"})
    if (file.is_regular_file()) stored += file_text(file.path());
  REQUIRE(stored.find("alice") != std::string::npos);
  for (const auto* key : here().all()) {
    // Nor what it is told by.
    for (const auto& hidden : {key->secret, key->hash(), key->hash().substr(std::string{"sha256:"}.size())}) {
      REQUIRE(hidden.size() > 40);
      CHECK(shown.find(hidden) == std::string::npos);
      CHECK(log.find(hidden) == std::string::npos);
      CHECK(stored.find(hidden) == std::string::npos);
    }
  }
  CHECK(shown.find("hash: \"sha256:***\", name: alice, scopes: [tasks:read, tasks:write], tenant: north}") !=
        std::string::npos);
}

}  // namespace
}  // namespace mofa::test
