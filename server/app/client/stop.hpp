// Why a command ends before its work is done: what it says and its exit code.
// Made where an answer is not the one that was asked for, returned through outcome<T> to the command, which prints it.
// A plain value; the main thread.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "server/app/exit_code.hpp"

namespace mofa::app::client {

struct stop {
  int code = exit_code::failed;
  std::vector<std::string> lines;  ///< for stderr: what happened, then what to do about it
};

template <class T>
using outcome = tl::expected<T, stop>;

inline tl::unexpected<stop> ends(int code, std::vector<std::string> lines) {
  return tl::unexpected<stop>{stop{code, std::move(lines)}};
}

}  // namespace mofa::app::client
