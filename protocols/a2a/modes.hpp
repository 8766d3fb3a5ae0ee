// Modes: which media types a client takes of what an agent says.
// Asked by the operations before a task begins, and for what they and their streams show of it.
// Pure functions over values; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/core/task.hpp"

namespace mofa::a2a {

/// The media type of a part: its own, else text/plain of texts, application/json of data, application/octet-stream of bytes;
/// of a URL without one nothing is known: */*.
std::string media_type_of(const core::part& what);

/// Whether one of `offered` fits one of `accepted` (case ignored, parameters ignored, `*/*` and `text/*` fit; so does
/// `text`, as clients of 0.2 write it). An empty `accepted` takes everything.
bool any_fits(const std::vector<std::string>& offered, const std::vector<std::string>& accepted);

/// The part as it is shown to who accepts these: as it is; data as its JSON text where text is taken and JSON is not;
/// nothing where neither. Text without a media type of its own is shown to who takes any kind of text.
std::optional<core::part> shown_part(const core::part& what, const std::vector<std::string>& accepted);

/// The message or artifact with the parts that are shown; nothing when none is left. What the user said is no output: it is
/// shown as it is.
std::optional<core::message> shown_message(core::message what, const std::vector<std::string>& accepted);
std::optional<core::artifact> shown_artifact(core::artifact what, const std::vector<std::string>& accepted);

/// The task with what is shown of its messages and artifacts.
core::task shown_task(core::task what, const std::vector<std::string>& accepted);

}  // namespace mofa::a2a
