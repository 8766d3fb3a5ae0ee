#include "protocols/core/submission.hpp"

#include <cstdint>
#include <iterator>

#include "protocols/core/client_id.hpp"
#include "server/base/limits.hpp"

namespace mofa::core {
namespace {

constexpr std::int64_t longest_timeout_ms = std::int64_t{365} * 24 * 3600 * 1000;
constexpr std::size_t most_labels = 64;
constexpr std::size_t reason_bytes = 1000;
constexpr std::array<std::string_view, 2> budget_members{"max_tokens", "max_cost_microusd"};
constexpr std::int64_t most_budget = 1'000'000'000'000;
// In the order of the enumeration.
constexpr std::array<std::string_view, 5> priorities{"critical", "high", "normal", "low", "background"};

label_map labels_from(object_fields& fields, field_errors& errors) {
  label_map out;
  const auto* found = fields.find("labels");
  if (found == nullptr) return out;
  if (!found->is_object() || found->size() > most_labels) {
    fields.add("labels", "must be an object of at most " + std::to_string(most_labels) + " strings");
    return out;
  }
  for (auto member = found->begin(); member != found->end(); ++member) {
    const auto& name = member.key();
    const auto* value = member->get_ptr<const std::string*>();
    const auto path = child_path(fields.path_of("labels"), name);
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

core::budget budget_from(const json& value, const std::string& path, field_errors& errors) {
  object_fields fields{value, path, budget_members, errors};
  core::budget out;
  out.max_tokens = fields.integer("max_tokens", 0, most_budget);
  out.max_cost_microusd = fields.integer("max_cost_microusd", 0, most_budget);
  return out;
}

}  // namespace

message user_message_from(object_fields& fields, field_errors& errors) {
  const auto* found = fields.require("message");
  if (found == nullptr) return {};
  const auto path = fields.path_of("message");
  auto read = message_from_json(*found, path);
  if (!read) {
    auto& wrong = read.error().fields;
    errors.insert(errors.end(), std::make_move_iterator(wrong.begin()), std::make_move_iterator(wrong.end()));
    return {};
  }
  if (!is_client_id(read->message_id)) errors.push_back({child_path(path, "message_id"), std::string{no_client_id}});
  if (read->role != role::user) errors.push_back({child_path(path, "role"), "must be user: the agent speaks for itself"});
  return std::move(*read);
}

submission submission_from(object_fields& fields, field_errors& errors) {
  submission out;
  out.message = user_message_from(fields, errors);
  if (auto context = fields.text("context_id", limits::client_id_bytes)) {
    if (context->empty()) fields.add("context_id", "is empty; leave it out for a new context");
    if (!is_client_id(*context)) fields.add("context_id", std::string{no_client_id});
    out.context_id = std::move(*context);
  }
  if (const auto priority = fields.choice("priority", priorities)) out.priority = static_cast<core::priority>(*priority);
  if (const auto timeout = fields.integer("timeout_ms", 1, longest_timeout_ms)) out.timeout = milliseconds{*timeout};
  out.labels = labels_from(fields, errors);
  if (const auto* budget = fields.find("budget")) out.budget = budget_from(*budget, fields.path_of("budget"), errors);
  return out;
}

std::string cancel_reason_from(object_fields& fields) { return fields.text("reason", reason_bytes).value_or(""); }

}  // namespace mofa::core
