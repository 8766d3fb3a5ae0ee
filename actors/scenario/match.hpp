// Matching: which rule of a script answers a message, and what its named groups hold.
// Asked by the runner when a task begins a turn.
// Pure functions over values; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/scenario/script.hpp"

namespace mofa::scenario {

/// What conditions look at: the texts of the message joined by line feeds, or else its data as JSON.
struct incoming {
  std::string_view text = "";                   ///< lives as long as the fact's data and as this
  std::string_view message_id;                  ///< lives as long as the fact's data
  const json* metadata = nullptr;               ///< of the message
  const json* request_metadata = nullptr;       ///< of the request that brought it
  std::int64_t turn = 1;                        ///< the number of the message within its task
  std::unique_ptr<const std::string> joined{};  ///< the text, when it is made of several pieces
};

/// Reads `message` of a fact's data; what is not there stays empty.
incoming read_incoming(const json& data, std::int64_t turn);

/// A rule that matched.
struct matched {
  std::size_t rule = 0;
  std::vector<std::pair<std::string, std::string>> groups;  ///< a group that took no part is empty
};

/// The first rule whose condition is met; nothing when none is.
std::optional<matched> first_match(const script& source, const incoming& message);

}  // namespace mofa::scenario
