// Line formatter: one log message as one line, as text or as a JSON object.
// Made by configure_logging() for the sink, which owns it.
// Called by the sink under its lock.
#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <string>
#include <string_view>

namespace mofa::telemetry {

enum class line_form { text, json };

/// Appends `text` with `"`, `\` and control characters escaped as JSON does it; bytes that are not ASCII stay as they are.
void append_escaped(std::string& out, std::string_view text, bool quotes_too);

class line_formatter final : public spdlog::formatter {
 public:
  explicit line_formatter(line_form form) : form_(form) {}

  void format(const spdlog::details::log_msg& what, spdlog::memory_buf_t& to) override;
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<line_formatter>(form_); }

 private:
  line_form form_;
};

}  // namespace mofa::telemetry
