// The append: one unit into the open transaction. Everything that can refuse a unit is asked before its first write, so that
// a refused unit leaves nothing behind and needs no savepoint. Called by the SQLite store, owned by nobody.
// The thread that holds the writer.
#pragma once

#include "protocols/core/ports/store.hpp"
#include "server/base/result.hpp"
#include "server/store/sqlite/connection.hpp"

namespace mofa::store {

/// Who may append now, read in the transaction.
struct ownership {
  std::uint64_t epoch = 0;
  bool released = false;
};
result<ownership> read_ownership(connection& db);

/// Writes the unit, or says in `outcome` why it is refused. An error of the function itself ends the whole transaction.
result<void> append_one(connection& db, const ownership& now, const core::append_unit& unit, core::append_outcome& outcome);

/// The hit under a key, if there is one.
result<std::optional<core::idempotent_hit>> find_key(connection& db, const std::string& tenant, const std::string& principal,
                                                     const std::string& operation, const std::string& key);

}  // namespace mofa::store
