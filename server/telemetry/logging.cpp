#include "server/telemetry/logging.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "server/telemetry/line_formatter.hpp"

namespace mofa::telemetry {
namespace {

// Rooms that look for their logger in spdlog's registry find it from the start.
constexpr std::array<std::string_view, 12> rooms{"app",  "gateway", "store",   "tools",     "system",  "supervision",
                                                 "task", "agent",   "storage", "clockwork", "effects", "catalog"};

/// What new loggers get.
struct current {
  std::mutex mutex;
  spdlog::sink_ptr sink;
  spdlog::level::level_enum level = spdlog::level::info;

  current() : sink(std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    sink->set_formatter(std::make_unique<line_formatter>(line_form::text));
  }
};

current& settings() {
  static current all;
  return all;
}

std::optional<spdlog::level::level_enum> level_from(std::string_view name) {
  if (name == "trace") return spdlog::level::trace;
  if (name == "debug") return spdlog::level::debug;
  if (name == "info") return spdlog::level::info;
  if (name == "warn") return spdlog::level::warn;
  if (name == "error") return spdlog::level::err;
  return std::nullopt;
}

/// Under the lock.
std::shared_ptr<spdlog::logger> find_or_make(current& all, const std::string& name) {
  if (auto found = spdlog::get(name)) return found;
  auto made = std::make_shared<spdlog::logger>(name, all.sink);
  made->set_level(all.level);
  spdlog::register_logger(made);
  return made;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"_-./:{}%+@,*?&#[]"}.find(c) != std::string_view::npos;
}

struct wanted_lines {
  spdlog::level::level_enum level = spdlog::level::info;
  line_form form = line_form::text;
};

result<wanted_lines> wanted_from(std::string_view level, std::string_view format) {
  const auto known = level_from(level);
  if (!known)
    return fail(errc::invalid, "log level '" + std::string{level} + "': must be trace, debug, info, warn or error");
  if (format != "text" && format != "json")
    return fail(errc::invalid, "log format '" + std::string{format} + "': must be text or json");
  return wanted_lines{*known, format == "json" ? line_form::json : line_form::text};
}

}  // namespace

result<void> configure_logging(std::string_view level, std::string_view format, std::shared_ptr<spdlog::sinks::sink> to) {
  const auto wanted = wanted_from(level, format);
  if (!wanted) return wanted.error();
  auto& all = settings();
  const std::lock_guard lock{all.mutex};
  all.level = wanted->level;
  all.sink = to ? std::move(to) : std::make_shared<spdlog::sinks::stderr_sink_mt>();
  all.sink->set_formatter(std::make_unique<line_formatter>(wanted->form));
  for (const auto room : rooms) find_or_make(all, std::string{room});
  spdlog::set_default_logger(find_or_make(all, "app"));
  spdlog::apply_all([&all](const std::shared_ptr<spdlog::logger>& each) {
    each->sinks() = {all.sink};
    each->set_level(all.level);
  });
  return {};
}

// A logger's list of sinks may not change while it is used; a sink's formatter and a logger's level may.
result<void> adjust_logging(std::string_view level, std::string_view format) {
  const auto wanted = wanted_from(level, format);
  if (!wanted) return wanted.error();
  auto& all = settings();
  const std::lock_guard lock{all.mutex};
  all.level = wanted->level;
  all.sink->set_formatter(std::make_unique<line_formatter>(wanted->form));
  spdlog::apply_all([&all](const std::shared_ptr<spdlog::logger>& each) { each->set_level(all.level); });
  return {};
}

std::shared_ptr<spdlog::logger> logger(std::string_view room) {
  auto& all = settings();
  const std::lock_guard lock{all.mutex};
  return find_or_make(all, std::string{room});
}

std::string quoted(std::string_view value) {
  if (!value.empty() && std::all_of(value.begin(), value.end(), is_plain)) return std::string{value};
  std::string out = "\"";
  append_escaped(out, value, true);
  return out + '"';
}

}  // namespace mofa::telemetry
