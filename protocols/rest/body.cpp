#include "protocols/rest/body.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

#include "protocols/core/fields.hpp"
#include "protocols/document/document.hpp"
#include "protocols/rest/headers.hpp"
#include "server/base/limits.hpp"

namespace mofa::rest {
namespace {

using core::field_errors;
using core::json;
using core::object_fields;

constexpr std::int64_t longest_timeout_ms = std::int64_t{365} * 24 * 3600 * 1000;
constexpr std::size_t most_labels = 64;
constexpr std::size_t reason_bytes = 1000;

constexpr std::array<std::string_view, 5> submission_members{"message", "context_id", "priority", "timeout_ms", "labels"};
constexpr std::array<std::string_view, 1> message_members{"message"};
constexpr std::array<std::string_view, 1> cancellation_members{"reason"};
// In the order of the enumeration.
constexpr std::array<std::string_view, 5> priorities{"critical", "high", "normal", "low", "background"};

// The pointer of the whole body; object_fields keeps a reference to it.
const std::string root;

result<json> parse(const http::request& from) {
  if (auto type = check_content_type(from); !type) return std::move(type).error();
  return document::parse_json(from.body);
}

core::message message_of(object_fields& fields, field_errors& errors) {
  const auto* found = fields.require("message");
  if (found == nullptr) return {};
  auto read = core::message_from_json(*found, fields.path_of("message"));
  if (!read) {
    auto& wrong = read.error().fields;
    errors.insert(errors.end(), std::make_move_iterator(wrong.begin()), std::make_move_iterator(wrong.end()));
    return {};
  }
  if (read->role != core::role::user) errors.push_back({"/message/role", "must be user: the agent speaks for itself"});
  return std::move(*read);
}

core::label_map labels_of(object_fields& fields, field_errors& errors) {
  core::label_map out;
  const auto* found = fields.find("labels");
  if (found == nullptr) return out;
  if (!found->is_object() || found->size() > most_labels) {
    fields.add("labels", "must be an object of at most " + std::to_string(most_labels) + " strings");
    return out;
  }
  for (auto member = found->begin(); member != found->end(); ++member) {
    const auto& name = member.key();
    const auto* value = member->get_ptr<const std::string*>();
    const auto path = core::child_path("/labels", name);
    // A filter is written name:value.
    if (name.empty() || name.size() > limits::client_id_bytes || name.find(':') != std::string::npos)
      errors.push_back({path, "a label's name must be 1 to 128 bytes without a colon"});
    else if (value == nullptr || value->size() > limits::client_id_bytes)
      errors.push_back({path, "must be a string of at most 128 bytes"});
    else
      out.emplace(name, *value);
  }
  return out;
}

}  // namespace

result<core::submission> read_submission(const http::request& from) {
  const auto value = parse(from);
  if (!value) return value.error();
  field_errors errors;
  object_fields fields{*value, root, submission_members, errors};
  core::submission out;
  out.message = message_of(fields, errors);
  if (auto context = fields.text("context_id", limits::client_id_bytes)) {
    if (context->empty()) fields.add("context_id", "is empty; leave it out for a new context");
    out.context_id = std::move(*context);
  }
  if (const auto priority = fields.choice("priority", priorities)) out.priority = static_cast<core::priority>(*priority);
  if (const auto timeout = fields.integer("timeout_ms", 1, longest_timeout_ms)) out.timeout = milliseconds{*timeout};
  out.labels = labels_of(fields, errors);
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return out;
}

result<core::message> read_message(const http::request& from) {
  const auto value = parse(from);
  if (!value) return value.error();
  field_errors errors;
  object_fields fields{*value, root, message_members, errors};
  auto out = message_of(fields, errors);
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return out;
}

result<std::string> read_cancel_reason(const http::request& from) {
  if (from.body.empty()) return std::string{};
  const auto value = parse(from);
  if (!value) return value.error();
  field_errors errors;
  object_fields fields{*value, root, cancellation_members, errors};
  auto out = fields.text("reason", reason_bytes).value_or("");
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return out;
}

result<void> read_nothing(const http::request& from) {
  if (from.body.empty()) return {};
  const auto value = parse(from);
  if (!value) return value.error();
  if (value->is_object() && value->empty()) return {};
  return core::invalid_fields({{root, "this request has no body, or an empty object"}});
}

}  // namespace mofa::rest
