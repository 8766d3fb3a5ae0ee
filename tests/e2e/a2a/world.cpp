#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {
namespace {

test_server& open_house() {
  static test_server server{plan_of("a2a: {push: {allow_loopback: true}}\n")};
  static const bool started = server.start();
  REQUIRE_MESSAGE(started, server.errors());
  return server;
}

// As `mofa keys new` prints it: the secret, and its line of the configuration.
std::pair<std::string, std::string> new_key(const std::string& name, const std::string& tenant,
                                            const std::vector<std::string>& scopes) {
  const scratch_folder folder;
  process_plan plan;
  plan.arguments = {shipped_program(), "keys", "new", name, "--tenant", tenant, "--expires", "90d"};
  for (const auto& one : scopes) plan.arguments.insert(plan.arguments.end(), {"--scope", one});
  plan.errors = folder.path() / "stderr";
  process child{plan};
  std::string printed;
  while (const auto line = child.line(patience)) printed += *line;
  const auto end = child.wait(patience);
  REQUIRE_MESSAGE((end && end->code == 0), child.errors());
  return {printed.substr(0, printed.find('\n')), printed.substr(printed.find("    - "))};
}

struct locked_house {
  key_ring keys;
  std::unique_ptr<test_server> server;

  locked_house() {
    std::string settings = "auth:\n  keys:\n";
    const auto add = [&](std::string& to, const std::string& name, const std::string& tenant,
                         const std::vector<std::string>& scopes) {
      auto [secret, line] = new_key(name, tenant, scopes);
      to = secret;
      settings += line;
    };
    add(keys.alice, "alice", "north", {"tasks:read", "tasks:write", "agents:read"});
    add(keys.bob, "bob", "north", {"tasks:read", "tasks:write"});
    add(keys.carol, "carol", "south", {"tasks:read", "tasks:write"});
    add(keys.reader, "reader", "north", {"tasks:read"});
    server = std::make_unique<test_server>(plan_of(settings));
    REQUIRE_MESSAGE(server->start(), server->errors());
  }

  static locked_house& here() {
    static locked_house one;
    return one;
  }
};

}  // namespace

server_plan plan_of(const std::string& settings) {
  return {.definitions = {"config/agents", "tests/e2e/agents/conversation", "tests/e2e/agents/a2a"}, .settings = settings};
}

with_a2a::with_a2a() : server(open_house()), with(server.port()) {}

void with_a2a::each(const std::string& agent, const std::function<void(client&)>& check) const {
  for (const auto how : all_ways) {
    CAPTURE(name_of(how));
    auto one = speak(agent, how);
    check(one);
  }
}

void with_a2a::each_v1(const std::function<void(client&)>& check) const {
  for (const auto how : v1_ways) {
    CAPTURE(name_of(how));
    auto one = player(how);
    check(one);
  }
}

with_keys::with_keys() : server(*locked_house::here().server), keys(locked_house::here().keys) {}

header_pairs rpc_headers(const std::string& version) {
  header_pairs out{{"Content-Type", "application/json"}};
  if (!version.empty()) out.emplace_back("A2A-Version", version);
  return out;
}

header_pairs rest_headers(const std::string& version) { return rpc_headers(version); }

std::string rpc_body(const std::string& method, const json& params) {
  return json{{"jsonrpc", "2.0"}, {"id", 7}, {"method", method}, {"params", params}}.dump();
}

json send_params(const std::string& text) { return {{"message", say(text)}}; }

json send_params_v03(const std::string& text) { return {{"message", written_message(way::v03_rpc, say(text))}}; }

}  // namespace mofa::test::a2a
