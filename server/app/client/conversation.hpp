// Messages to an agent: a submission that begins a task, and a message to a task that there is.
// Used by the commands call and chat.
// The main thread.
#pragma once

#include <string>

#include "server/app/client/task_view.hpp"

namespace mofa::app::client {

struct submission {
  std::string agent, text;
  std::string context{};   ///< empty: a new one
  std::string priority{};  ///< empty: normal
  json data{};             ///< goes with the text, or without one; null: none
};

/// Begins a task and shows it to its end, or to its question.
outcome<shown> submit(session& with, const submission& what);

/// Tells the task, and shows what follows. `after`: the last of its events that is known.
outcome<shown> tell(session& with, const std::string& task, const std::string& text, std::uint64_t after);

/// A new id for what clients name: UUIDv7.
std::string new_client_id();

}  // namespace mofa::app::client
