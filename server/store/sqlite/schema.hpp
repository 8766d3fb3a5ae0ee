// The schema of a SQLite file: is it ours, how old is it, and the steps to bring it up to date.
// Used while a file is opened; owned by nobody.
// The opening thread.
#pragma once

#include <string>

#include "server/base/result.hpp"
#include "server/store/sqlite/connection.hpp"

namespace mofa::store {

/// Refuses what is not ours or too new without changing a byte; then switches to the write-ahead log and migrates.
result<void> prepare_schema(const std::string& file, connection& db);

/// The failure of opening that file or taking it over, in words for the person who starts the server.
error named(const std::string& file, const error& why);

}  // namespace mofa::store
