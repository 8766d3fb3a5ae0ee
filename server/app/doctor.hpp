// The doctor: looks at everything that a server needs before it runs, and says what to do about what is wrong.
// Declared by run() as the command `mofa doctor`; starts nothing, leaves nothing behind but the data folder's lock file.
// The main thread.
#pragma once

#include <string>
#include <vector>

#include "server/app/command.hpp"
#include "server/app/server.hpp"

namespace mofa::app {

enum class verdict {
  good,
  notice,  ///< usable; could be better
  bad      ///< the server does not start, or no agent answers
};

/// What one check found.
struct finding {
  std::string check;  ///< "configuration", "data folder", "disk", "port", "keys", "agent cards", "card key", "models",
                      ///< "ollama", "definitions"
  verdict how = verdict::good;
  std::string detail;
  std::string fix;  ///< empty: nothing to do
};

/// "BAD   port           listen 127.0.0.1:8080: in use; fix: use --listen 127.0.0.1:8081".
std::string doctor_line(const finding& from);

/// A detail with its fix behind a semicolon, as the rooms write them, in two. Without one the fix is `otherwise`.
finding split_fix(std::string check, verdict how, const std::string& detail, const std::string& otherwise);

/// `added` tells which tools definitions may name.
void add_doctor(const command& root, const extensions& added);

}  // namespace mofa::app
