// The version of the server, as `mofa version`, the API description and the logs tell it.
// Set by the build from CMakeLists.txt.
// A constant.
#pragma once

#include <string_view>

namespace mofa::app {

inline constexpr std::string_view version = MOFA_VERSION;

}  // namespace mofa::app
