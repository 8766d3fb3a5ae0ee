// Files as text: definitions, rules of scripted models.
// Called by those parts of the app that read them.
// Reads files; the main thread.
#pragma once

#include <string>

#include "server/base/result.hpp"

namespace mofa::app {

/// The whole file. Error io names it.
result<std::string> file_contents(const std::string& file);

}  // namespace mofa::app
