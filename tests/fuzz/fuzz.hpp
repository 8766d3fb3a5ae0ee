// The claim: what a fuzz target says must hold for every input; a broken one ends the process, which libFuzzer reports.
// Owned by nobody; used by each target.
// The fuzzer's only thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace mofa::fuzz {

/// Ends the process unless the claim is true. `what` says what was claimed, `more` with which values.
inline void claim(bool holds, std::string_view what, std::string_view more = {}) {
  if (holds) return;
  std::fprintf(stderr, "broken claim: %.*s %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(more.size()), more.data());
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Cuts off what comes before the separator; everything when it is not there.
inline std::string_view take(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return piece;
}

}  // namespace mofa::fuzz
