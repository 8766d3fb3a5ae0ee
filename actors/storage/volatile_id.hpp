// The mark in the id of a task that is kept in memory only (durability: none): reads know where to look.
// Made by the agent with the id, read by whoever looks a task up.
// Pure; any thread.
#pragma once

#include "server/base/ids.hpp"

namespace mofa::storage {

/// Whether the task is kept in memory only. An id that a client made up misleads nobody: it is found in neither place.
inline bool is_volatile(task_id which) { return (which.bytes().back() & 1U) != 0; }

/// A new id with or without the mark; it is the last random bit of the UUIDv7.
inline task_id make_task_id(time_point now, bool in_memory) {
  auto bytes = make_uuid7(now);
  bytes.back() = static_cast<std::uint8_t>((bytes.back() & 0xfeU) | (in_memory ? 1U : 0U));
  return task_id{bytes};
}

}  // namespace mofa::storage
