// Messages and artifacts: what people and agents say to each other, in the shapes of the API.
// Values; owned by the task that they belong to, copied into its events as JSON.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/result.hpp"

namespace mofa::core {

using json = nlohmann::json;

enum class role { user, agent };

/// One piece of a message: exactly one of text, data, url, raw.
struct part {
  enum class type { text, data, url, raw };
  type kind = type::text;
  std::string text;        ///< the text, the url, or base64 when raw
  json data;               ///< any JSON value when kind is data
  std::string media_type;  ///< empty when not given
  std::string filename;    ///< empty when not given
  json metadata;           ///< an object, or null when not given
};

struct message {
  std::string message_id;  ///< opaque; given by the client, or a UUIDv7
  core::role role = role::user;
  std::vector<part> parts;
  json metadata{};                                ///< an object, or null when not given
  std::vector<std::string> extensions{};          ///< URIs of the extensions of a protocol that speak in it
  std::vector<std::string> reference_task_ids{};  ///< tasks that it is about; opaque

  /// All text parts joined by a line feed.
  std::string text() const;
};

/// A result that lasts.
struct artifact {
  std::string artifact_id;
  std::string name;
  std::vector<part> parts;
  std::string description{};              ///< empty when not given
  json metadata{};                        ///< an object, or null when not given
  std::vector<std::string> extensions{};  ///< as of a message
};

/// A message of one text part.
message text_message(core::role who, std::string message_id, std::string text);

json to_json(const part& value);
json to_json(const message& value);
json to_json(const artifact& value);

/// Reads a message in the API's form: an object, or a bare string for one text part. Unknown members are errors.
/// `path` is the JSON pointer of `value` in the whole body; errors name places below it. A missing message_id stays empty;
/// a missing role is `user`.
result<message> message_from_json(const json& value, const std::string& path);
result<part> part_from_json(const json& value, const std::string& path);
result<std::vector<part>> parts_from_json(const json& value, const std::string& path);
result<artifact> artifact_from_json(const json& value, const std::string& path);

}  // namespace mofa::core
