#include "server/app/client/url.hpp"

#include <doctest/doctest.h>

namespace mofa::app::client {
namespace {

TEST_CASE("a server is named with or without scheme and slash") {
  CHECK(server_url("127.0.0.1:8080") == "http://127.0.0.1:8080");
  CHECK(server_url("http://a.example/") == "http://a.example");
  CHECK(server_url("https://a.example/mofa//") == "https://a.example/mofa");
}

TEST_CASE("a name is one segment of a path, whatever is in it") {
  CHECK(path_segment("long_haul-2.x~") == "long_haul-2.x~");
  CHECK(path_segment("a/b?c d") == "a%2Fb%3Fc%20d");
  CHECK(path_segment("é") == "%C3%A9");
}

}  // namespace
}  // namespace mofa::app::client
