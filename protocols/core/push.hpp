// Push configurations: where a client wants to be told what happens to a task, and how far that has come.
// Made by a dialect from a client's request, kept by the store, worked off by the deliveries.
// Values; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "server/base/ids.hpp"

namespace mofa::core {

/// One receiver of what happens to one task.
struct push_config {
  std::string id;  ///< of the client, or a new one; within its task
  task_id task;
  std::string url;
  std::string token;        ///< sent along, so that the receiver knows who asked for it; empty: none
  std::string scheme;       ///< of `Authorization`, such as "Bearer"; empty: none
  std::string credentials;  ///< behind the scheme. Never logged, nor shown to anybody
  std::string dialect;      ///< that registered it and words the bodies: opaque to everybody else
};

/// Which registration of an id it is: one that was removed and made again is another row, one that was registered anew is
/// the same row, renewed.
struct push_edition {
  std::int64_t row = 0;
  std::int64_t renewal = 0;
};

/// A configuration with what its deliveries need to know.
struct open_push {
  push_config config;
  std::string tenant, owner;  ///< of the task
  std::string context_id;     ///< of the task
  std::uint64_t cursor = 0;   ///< every event up to this number is delivered, or was not to be
  bool done = false;          ///< it was told the last event that there will be, or it was given up
  push_edition edition{};     ///< given by the store
};

}  // namespace mofa::core
