// Logging: one named logger for each room, one line for each event, to stderr.
// Set up by the app before the first thread; every room finds its logger by name in spdlog's own registry.
// Loggers may be used on any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/base/result.hpp"

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace mofa::telemetry {

/// Makes the loggers of all rooms (or turns the existing ones to these settings), and the default one for everybody else.
/// `level`: trace, debug, info, warn or error. `format`: "text" (time, level, room, then the message as it was written,
/// control characters escaped) or "json" (one object a line: time, level, logger, message). `to` is stderr unless given.
/// Error: invalid.
result<void> configure_logging(std::string_view level, std::string_view format,
                               std::shared_ptr<spdlog::sinks::sink> to = nullptr);

/// The same for logs that are in use: level and format change for all loggers, where they write to does not. Any thread.
result<void> adjust_logging(std::string_view level, std::string_view format);

/// The room's logger; never null. Before configure_logging() a plain one at level info.
std::shared_ptr<spdlog::logger> logger(std::string_view room);

/// A value for key=value lines: as it is when that is unmistakable, else in quotes with escapes.
std::string quoted(std::string_view value);

}  // namespace mofa::telemetry
