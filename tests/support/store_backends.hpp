// The backends that the conformance suite runs on. Each one is a type whose object is an empty database of its own.
// Owned by the test.
// The test's thread.
#pragma once

#include <memory>
#include <string>

#include "protocols/core/ports/store.hpp"
#include "tests/support/store_scratch.hpp"

namespace mofa::test {

class sqlite_backend {
 public:
  /// A store on the database; each call opens another one on the same data, as another process would.
  std::unique_ptr<core::store> open();

 private:
  scratch_folder folder_;
};

}  // namespace mofa::test

/// For TEST_CASE_TEMPLATE: every backend passes the same suite.
#define MOFA_STORE_BACKENDS ::mofa::test::sqlite_backend
