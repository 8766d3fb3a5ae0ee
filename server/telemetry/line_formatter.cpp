#include "server/telemetry/line_formatter.hpp"

#include <spdlog/details/log_msg.h>

#include <nlohmann/json.hpp>

#include "server/base/clock.hpp"

namespace mofa::telemetry {
namespace {

std::string_view view(spdlog::string_view_t text) { return {text.data(), text.size()}; }

std::string_view name_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return "trace";
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warn";
    case spdlog::level::err:
      return "error";
    case spdlog::level::critical:
      return "critical";
    default:
      return "off";
  }
}

std::string as_text(std::string_view time, const spdlog::details::log_msg& what) {
  std::string out{time};
  out.append(" ").append(name_of(what.level)).append(" ").append(view(what.logger_name)).append(" ");
  append_escaped(out, view(what.payload), false);
  return out;
}

std::string as_json(std::string_view time, const spdlog::details::log_msg& what) {
  nlohmann::ordered_json out;
  out["time"] = time;
  out["level"] = name_of(what.level);
  out["logger"] = view(what.logger_name);
  out["message"] = view(what.payload);
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, bool quotes_too) {
  static constexpr char digits[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out.append("\\u00") += digits[byte >> 4];
      out += digits[byte & 0x0f];
    } else {
      if (quotes_too && (c == '"' || c == '\\')) out += '\\';
      out += c;
    }
  }
}

void line_formatter::format(const spdlog::details::log_msg& what, spdlog::memory_buf_t& to) {
  const auto time = to_rfc3339(std::chrono::floor<milliseconds>(what.time));
  const auto line = (form_ == line_form::json ? as_json(time, what) : as_text(time, what)) + '\n';
  to.append(line.data(), line.data() + line.size());
}

}  // namespace mofa::telemetry
