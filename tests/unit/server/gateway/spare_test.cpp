#include "server/gateway/spare.hpp"

#include <doctest/doctest.h>

using namespace mofa;

TEST_CASE("a buffer that has held something large gives its memory back, a small one keeps it") {
  std::string large(gateway::keep_capacity_bytes + 1, 'x');
  gateway::spare(large);
  CHECK(large.empty());
  CHECK(large.capacity() < gateway::keep_capacity_bytes);
  std::string small(1024, 'x');
  const auto before = small.capacity();
  gateway::spare(small);
  CHECK(small.empty());
  CHECK(small.capacity() == before);
}
