// Exit codes of the commands: what a script learns without reading a line.
// Returned by every command to run().
// Constants.
#pragma once

namespace mofa::app::exit_code {

inline constexpr int done = 0;
inline constexpr int failed = 1;       ///< the task failed, was rejected or canceled; or a local file cannot be used
inline constexpr int usage = 2;        ///< the command line makes no sense
inline constexpr int unreachable = 3;  ///< no server answers
inline constexpr int refused = 4;      ///< the server said no
inline constexpr int needs_input = 5;  ///< the task waits for a person
inline constexpr int interrupted = 130;

}  // namespace mofa::app::exit_code
