#include "protocols/core/definition.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/agent_name.hpp"
#include "protocols/core/fields.hpp"
#include "server/base/limits.hpp"

namespace mofa::core {
namespace {

constexpr std::array<std::string_view, 12> common_members{
    "name",       "kind",   "description",     "labels",      "skills",    "input_schema",
    "durability", "limits", "on_busy_context", "supervision", "subscribe", "a2a"};
constexpr std::array<std::string_view, 7> limit_members{"max_concurrent_tasks", "max_queued_tasks", "timeout_ms",
                                                        "input_timeout_ms",     "max_steps",        "max_tokens",
                                                        "max_cost_microusd"};
constexpr std::array<std::string_view, 3> supervision_members{"intensity", "period_ms", "backoff_ms"};
constexpr std::array<std::string_view, 4> subscription_members{"topic", "durable", "overflow", "capacity"};
constexpr std::array<std::string_view, 2> overflow_names{"drop_oldest", "drop_newest"};
constexpr std::array<std::string_view, 2> durability_names{"sync", "none"};
constexpr std::array<std::string_view, 3> busy_names{"queue", "reject", "interrupt"};

constexpr std::size_t name_bytes = 63;
constexpr std::size_t description_bytes = 16'384;
constexpr std::size_t label_bytes = 256;
constexpr std::size_t label_count = 64;
constexpr std::size_t subscription_count = 64;
constexpr std::int64_t most_waiting = 100'000;
constexpr std::int64_t most_budget = 1'000'000'000'000;
constexpr std::int64_t longest_ms = 366LL * 24 * 3600 * 1000;  // a year: no deadline is meant to be farther

void read_head(object_fields& fields, definition& out) {
  if (fields.require("name") != nullptr) {
    if (auto name = fields.text("name")) {
      if (auto wrong = wrong_agent_name(*name); !wrong.empty()) fields.add("name", std::move(wrong));
      out.name = *std::move(name);
    }
  }
  if (fields.require("kind") != nullptr) {
    out.kind = fields.text("kind", name_bytes).value_or("");
    if (fields.find("kind")->is_string() && fields.find("kind")->get_ref<const std::string&>().empty()) {
      fields.add("kind", "is empty");
    }
  }
}

label_map read_labels(const json& value, const std::string& path, field_errors& errors) {
  label_map out;
  if (!value.is_object()) {
    errors.push_back({path, "must be an object, not " + std::string{type_name(value)}});
    return out;
  }
  if (value.size() > label_count) {
    errors.push_back({path, "has more than " + std::to_string(label_count) + " labels"});
    return out;
  }
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (!member->is_string() || member->get_ref<const std::string&>().size() > label_bytes) {
      errors.push_back(
          {child_path(path, member.key()), "must be a string of at most " + std::to_string(label_bytes) + " bytes"});
    } else if (member.key().empty() || member.key().size() > label_bytes || member.key().find(':') != std::string::npos) {
      // A query names a label as key:value, so a key cannot hold a colon.
      errors.push_back({child_path(path, member.key()),
                        "a label's name must be 1 to " + std::to_string(label_bytes) + " bytes without ':'"});
    } else {
      out.emplace(member.key(), member->get<std::string>());
    }
  }
  return out;
}

agent_limits read_limits(const json& value, const std::string& path, const std::string& kind, bool steps,
                         field_errors& errors) {
  agent_limits out;
  object_fields fields{value, path, limit_members, errors};
  if (const auto n = fields.integer("max_concurrent_tasks", 1, 1'000'000)) out.max_concurrent_tasks = static_cast<int>(*n);
  if (const auto n = fields.integer("max_queued_tasks", 0, 10'000'000)) out.max_queued_tasks = static_cast<int>(*n);
  if (const auto n = fields.integer("timeout_ms", 1, longest_ms)) out.timeout = milliseconds{*n};
  const auto* input_timeout = fields.find("input_timeout_ms");
  if (input_timeout != nullptr && !input_timeout->is_null()) {
    if (const auto n = fields.integer("input_timeout_ms", 1, longest_ms)) out.input_timeout = milliseconds{*n};
  }
  if (!steps && fields.find("max_steps") != nullptr) fields.add("max_steps", "kind '" + kind + "' does not use 'max_steps'");
  if (const auto n = fields.integer("max_steps", 1, 10'000)) out.max_steps = static_cast<int>(*n);
  const auto budget = [&](const char* name) {
    const auto* given = fields.find(name);
    if (given == nullptr || given->is_null()) return std::optional<std::int64_t>{};
    return fields.integer(name, 0, most_budget);
  };
  out.max_tokens = budget("max_tokens");
  out.max_cost_microusd = budget("max_cost_microusd");
  return out;
}

supervision_spec read_supervision(const json& value, const std::string& path, field_errors& errors) {
  constexpr std::int64_t day_ms = 24 * 3600 * 1000;
  supervision_spec out;
  object_fields fields{value, path, supervision_members, errors};
  if (const auto n = fields.integer("intensity", 0, 1'000)) out.intensity = static_cast<int>(*n);
  if (const auto n = fields.integer("period_ms", 1, day_ms)) out.period = milliseconds{*n};
  const auto* backoff = fields.find("backoff_ms");
  if (backoff == nullptr) return out;
  if (!backoff->is_array() || backoff->size() != 2) {
    fields.add("backoff_ms", "must be two integers: [shortest, longest]");
    return out;
  }
  const auto place = fields.path_of("backoff_ms");
  const auto shortest = integer_from_json((*backoff)[0], child_path(place, 0), 0, day_ms, errors);
  const auto longest = integer_from_json((*backoff)[1], child_path(place, 1), 0, day_ms, errors);
  if (shortest && longest) {
    if (*shortest > *longest) fields.add("backoff_ms", "the shortest is longer than the longest");
    out.backoff_min = milliseconds{*shortest};
    out.backoff_max = milliseconds{*longest};
  }
  return out;
}

std::vector<topic_subscription> read_subscriptions(const json& value, const std::string& path, field_errors& errors) {
  std::vector<topic_subscription> out;
  if (!value.is_array()) {
    errors.push_back({path, "must be an array of subscriptions, not " + std::string{type_name(value)}});
    return out;
  }
  if (value.size() > subscription_count) {
    errors.push_back({path, "has more than " + std::to_string(subscription_count) + " subscriptions"});
    return out;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto place = child_path(path, i);
    object_fields fields{value[i], place, subscription_members, errors};
    const auto durable = fields.boolean("durable").value_or(false);
    const auto overflow = static_cast<overflow_policy>(fields.choice("overflow", overflow_names).value_or(0));
    const auto capacity = fields.integer("capacity", 1, most_waiting).value_or(1000);
    if (fields.require("topic") == nullptr) continue;
    auto text = fields.text("topic", limits::topic_bytes);
    if (!text) continue;
    auto topic = topic_pattern::parse(*std::move(text));
    if (!topic) {
      fields.add("topic", topic.error().detail);
      continue;
    }
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const auto& each) { return each.topic.text() == topic->text(); });
    if (twice) fields.add("topic", "'" + topic->text() + "' is subscribed to by an earlier entry");
    out.push_back({*std::move(topic), durable, overflow, static_cast<std::size_t>(capacity)});
  }
  return out;
}

schema_ptr read_schema(const json& value, const std::string& path, const schema_compiler& schemas, field_errors& errors) {
  if (!value.is_object()) {
    errors.push_back({path, "must be a JSON Schema: an object, not " + std::string{type_name(value)}});
    return nullptr;
  }
  if (!schemas) {
    errors.push_back({path, "there is nothing here that reads JSON Schemas"});
    return nullptr;
  }
  auto made = schemas(value);
  if (made) return *std::move(made);
  for (auto& each : made.error().fields) errors.push_back({path + each.path, std::move(each.message)});
  if (made.error().fields.empty()) errors.push_back({path, std::move(made.error().detail)});
  return nullptr;
}

void read_common(object_fields& fields, definition& out, bool steps, const schema_compiler& schemas, field_errors& errors) {
  out.description = fields.text("description", description_bytes).value_or("");
  if (const auto* value = fields.find("labels")) out.labels = read_labels(*value, "/labels", errors);
  if (const auto* value = fields.find("skills")) out.skills = read_skills(*value, "/skills", errors);
  if (const auto* value = fields.find("input_schema"))
    out.input_schema = read_schema(*value, "/input_schema", schemas, errors);
  if (const auto word = fields.choice("durability", durability_names)) out.durability = static_cast<durability>(*word);
  if (const auto* value = fields.find("limits")) out.limits = read_limits(*value, "/limits", out.kind, steps, errors);
  if (const auto word = fields.choice("on_busy_context", busy_names)) out.on_busy_context = static_cast<busy_policy>(*word);
  if (const auto* value = fields.find("supervision")) out.supervision = read_supervision(*value, "/supervision", errors);
  if (const auto* value = fields.find("a2a")) out.shown = read_exposure(*value, "/a2a", errors);
  if (const auto* value = fields.find("subscribe")) out.subscribe = read_subscriptions(*value, "/subscribe", errors);
}

}  // namespace

result<definition> definition_from_json(json document, std::span<const std::string_view> own, bool steps,
                                        const schema_compiler& schemas) {
  std::vector<std::string_view> known{common_members.begin(), common_members.end()};
  known.insert(known.end(), own.begin(), own.end());
  const std::string root;
  field_errors errors;
  definition out;
  {
    object_fields fields{document, root, known, errors};
    read_head(fields, out);
    read_common(fields, out, steps, schemas, errors);
  }
  if (!errors.empty()) return invalid_fields(std::move(errors));
  out.document = std::move(document);
  return out;
}

result<std::pair<std::string, std::string>> definition_head(const json& document) {
  const std::string root;
  field_errors errors;
  // The kind decides which members are known; here each one is.
  std::vector<std::string_view> all;
  if (document.is_object()) {
    for (auto member = document.begin(); member != document.end(); ++member) all.push_back(member.key());
  }
  object_fields fields{document, root, all, errors};
  definition out;
  read_head(fields, out);
  if (!errors.empty()) return invalid_fields(std::move(errors));
  return std::pair{std::move(out.name), std::move(out.kind)};
}

}  // namespace mofa::core
