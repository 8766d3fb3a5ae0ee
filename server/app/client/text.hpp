// Values as a person reads them: spans of time, money, usage, what a message says, one line out of many.
// Called by whatever shows something in the terminal.
// Pure functions over values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mofa::app::client {

using json = nlohmann::json;

/// "3 ms", "1.2 s", "2 min 5 s", "1 h 10 min".
std::string duration_text(std::chrono::milliseconds span);

/// Micro-USD: "$0.00012", "$1.50".
std::string money_text(std::int64_t microusd);

/// A task's usage: "2 model calls, 1 tool call, 711 tokens in, 34 out, $0.0001"; what is zero is left out.
std::string usage_text(const json& usage);

/// What the parts of a message or an artifact say; what is not text as JSON, as its URL, or by its size.
std::string parts_text(const json& parts);
/// The same of a message; empty when it is null.
std::string message_text(const json& message);

/// White space becomes one space each; a text of more than `most` characters ends in an ellipsis.
std::string one_line(std::string_view text, std::size_t most);

/// Without the control characters that move a terminal's cursor or change its colours; line feeds and tabs stay.
std::string printable(std::string_view text);

/// Characters of a UTF-8 text.
std::size_t width_of(std::string_view text);

/// A word as a shell reads it: quoted when it has to be.
std::string shell_word(std::string_view word);

/// A member of an object; null when there is none, or no object.
const json& member(const json& object, std::string_view name);
/// A text as it is, null as nothing, all else as JSON.
std::string compact(const json& value);
/// A member that is a text; empty when it is none.
std::string text_member(const json& object, std::string_view name);

/// Columns, two spaces apart; the last one is as long as it is.
std::vector<std::string> table_lines(const std::vector<std::vector<std::string>>& rows);

}  // namespace mofa::app::client
