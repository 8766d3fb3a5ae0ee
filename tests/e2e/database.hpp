// The server's database, changed behind its back: what time, or an older server, would have written.
// A connection of its own for each change; while the server runs or between its lives.
// One thread at a time.
#pragma once

#include <doctest/doctest.h>

#include <sqlite3.h>

#include <string>

#include "tests/support/test_server.hpp"

namespace mofa::test {

/// How many rows the statement changed.
inline int change_database(const test_server& of, const std::string& sql) {
  sqlite3* handle = nullptr;
  const auto file = (of.folder() / "data" / "mofa.db").string();
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  sqlite3_busy_timeout(handle, 5000);
  CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  const int changed = sqlite3_changes(handle);
  sqlite3_close(handle);
  return changed;
}

}  // namespace mofa::test
