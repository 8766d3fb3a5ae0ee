// The way from the root of a JSON value to a place in it; becomes a JSON pointer only when there is an error to report.
// Made on the stack of whoever walks a value, or kept by the reader for each part of a schema.
// Holds views into the value that is walked; the thread that walks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mofa::schema {

struct trail {
  static constexpr std::size_t no_index = static_cast<std::size_t>(-1);

  const trail* up = nullptr;  ///< null: the root
  std::string_view name{};
  std::size_t index = no_index;

  /// The JSON pointer (RFC 6901).
  std::string str() const;
};

}  // namespace mofa::schema
