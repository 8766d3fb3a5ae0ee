// One server for all cases of a test program: they leave it as they found it.
// Started by the first case, ended with the program.
// Cases run one after the other, on the main thread.
#pragma once

#include <doctest/doctest.h>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {

/// Running; a case fails when it does not start.
inline test_server& shared_server() {
  static test_server server;
  static const bool started = server.start();
  REQUIRE_MESSAGE(started, server.errors());
  return server;
}

/// A case with a client of the shared server.
struct with_server {
  test_server& server = shared_server();
  conversation with{server.port()};
};

}  // namespace mofa::test
