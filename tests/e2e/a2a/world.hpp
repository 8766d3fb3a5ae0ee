// The server that the cases of this program share, and those who speak to it.
// Started by the first case that asks, ended with the program; cases leave it as they found it.
// Cases run one after the other, on the main thread.
#pragma once

#include <doctest/doctest.h>

#include <functional>

#include "tests/e2e/a2a/client.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test::a2a {

/// Its agents: the shipped ones and those of tests/e2e/agents/a2a.
server_plan plan_of(const std::string& settings = {});

/// A case with the shared server, which has no keys and may deliver to loopback.
struct with_a2a {
  with_a2a();

  /// The scenario agent `a2a_player`, and others.
  client player(way how = way::v1_rpc) const { return speak("a2a_player", how); }
  client speak(const std::string& agent, way how = way::v1_rpc) const { return {server.port(), agent, how}; }
  /// Runs it for each way with a client of that agent; what fails says which way.
  void each(const std::string& agent, const std::function<void(client&)>& check) const;
  void each(const std::function<void(client&)>& check) const { each("a2a_player", check); }
  void each_v1(const std::function<void(client&)>& check) const;

  test_server& server;
  conversation with;
};

/// The keys of a server with two tenants: alice and bob in `north`, carol in `south`; and a reader of north.
struct key_ring {
  std::string alice, bob, carol, reader;
};

/// A case with a server of its own that has these keys; shared by all such cases.
struct with_keys {
  with_keys();
  client as(const std::string& key, way how = way::v1_rpc, const std::string& agent = "a2a_player") const {
    return {server.port(), agent, how, key};
  }

  test_server& server;
  const key_ring& keys;
};

/// Headers of a JSON-RPC request of that version, and of a REST request.
header_pairs rpc_headers(const std::string& version = "1.0");
header_pairs rest_headers(const std::string& version = "1.0");
/// A request of JSON-RPC with the id 7.
std::string rpc_body(const std::string& method, const json& params = json::object());
/// The parameters of SendMessage and message/send: one text.
json send_params(const std::string& text);
json send_params_v03(const std::string& text);

}  // namespace mofa::test::a2a
