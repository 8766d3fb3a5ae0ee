// What parts say to a model: texts as they are, data as JSON, a line each.
// Asked where messages and artifacts become a conversation with a model.
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "protocols/core/message.hpp"

namespace mofa::core {

/// Adds the parts to what is there already.
inline void append_spoken(std::string& out, const std::vector<part>& parts) {
  for (const auto& each : parts) {
    if (!out.empty()) out += '\n';
    out += each.kind == part::type::data ? each.data.dump(-1, ' ', false, json::error_handler_t::replace) : each.text;
  }
}

}  // namespace mofa::core
