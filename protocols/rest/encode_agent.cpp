#include "protocols/core/json_text.hpp"
#include "protocols/rest/encode.hpp"

namespace mofa::rest {
namespace {

void append_strings(std::string& out, const std::vector<std::string>& values) {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    append_string(out, values[i]);
  }
  out += ']';
}

void append_skill(std::string& out, const core::skill& value) {
  append_string(out += "{\"id\":", value.id);
  append_string(out += ",\"name\":", value.name);
  append_string(out += ",\"description\":", value.description);
  append_strings(out += ",\"tags\":", value.tags);
  append_strings(out += ",\"examples\":", value.examples);
  out += '}';
}

/// The members that lists carry; leaves the object open.
void append_head(std::string& out, const core::agent_info& value) {
  const auto& is = *value.definition;
  append_string(out += "{\"name\":", is.name);
  append_number(out += ",\"version\":", std::int64_t{is.version});
  append_string(out += ",\"kind\":", is.kind);
  append_string(out += ",\"description\":", is.description);
  append_string(out += ",\"state\":", core::to_string(value.state));
  append_labels(out += ",\"labels\":", is.labels);
  out += ",\"skills\":[";
  for (std::size_t i = 0; i < is.skills.size(); ++i) {
    if (i > 0) out += ',';
    append_skill(out, is.skills[i]);
  }
  append_string_or_null(out += "],\"source\":", value.source);
  append_string_or_null(out += ",\"error\":", value.error);
}

void append_optional(std::string& out, const std::optional<std::int64_t>& value) {
  if (value)
    append_number(out, *value);
  else
    out += "null";
}

void append_limits(std::string& out, const core::agent_limits& value) {
  append_number(out += "{\"max_concurrent_tasks\":", std::int64_t{value.max_concurrent_tasks});
  append_number(out += ",\"max_queued_tasks\":", std::int64_t{value.max_queued_tasks});
  append_number(out += ",\"timeout_ms\":", std::int64_t{value.timeout.count()});
  append_optional(out += ",\"input_timeout_ms\":",
                  value.input_timeout ? std::optional<std::int64_t>{value.input_timeout->count()} : std::nullopt);
  append_number(out += ",\"max_steps\":", std::int64_t{value.max_steps});
  append_optional(out += ",\"max_tokens\":", value.max_tokens);
  append_optional(out += ",\"max_cost_microusd\":", value.max_cost_microusd);
  out += '}';
}

void append_supervision(std::string& out, const core::supervision_spec& value) {
  append_number(out += "{\"intensity\":", std::int64_t{value.intensity});
  append_number(out += ",\"period_ms\":", std::int64_t{value.period.count()});
  append_number(out += ",\"backoff_ms\":[", std::int64_t{value.backoff_min.count()});
  append_number(out += ',', std::int64_t{value.backoff_max.count()});
  out += "]}";
}

std::string_view name_of(core::busy_policy value) {
  switch (value) {
    case core::busy_policy::queue:
      return "queue";
    case core::busy_policy::reject:
      return "reject";
    case core::busy_policy::interrupt:
      return "interrupt";
  }
  return "queue";
}

void append_context(std::string& out, const core::context_info& value) {
  append_string(out += "{\"id\":", value.id);
  append_time(out += ",\"created_at\":", value.created_at);
  append_time(out += ",\"updated_at\":", value.updated_at);
  append_number(out += ",\"tasks\":", value.tasks);
  out += '}';
}

void append_node(std::string& out, const core::supervision_node& value) {
  append_string(out += "{\"name\":", value.name);
  append_string(out += ",\"type\":", value.type);
  append_string_or_null(out += ",\"strategy\":", value.strategy);
  append_string(out += ",\"state\":", value.state);
  append_number(out += ",\"restarts\":", std::int64_t{value.restarts});
  append_string_or_null(out += ",\"last_failure\":", value.last_failure);
  out += ",\"children\":[";
  for (std::size_t i = 0; i < value.children.size(); ++i) {
    if (i > 0) out += ',';
    append_node(out, value.children[i]);
  }
  out += "]}";
}

}  // namespace

std::string encode(const core::page<core::agent_info>& value) {
  return encode_page(value.items, value.next_cursor, [](std::string& out, const core::agent_info& one) {
    append_head(out, one);
    out += '}';
  });
}

std::string encode(const core::agent_info& value) {
  const auto& is = *value.definition;
  std::string out;
  append_head(out, value);
  append_string(out += ",\"durability\":", is.durability == core::durability::sync ? "sync" : "none");
  append_limits(out += ",\"limits\":", is.limits);
  append_string(out += ",\"on_busy_context\":", name_of(is.on_busy_context));
  append_supervision(out += ",\"supervision\":", is.supervision);
  append_json(out += ",\"definition\":", is.document);
  out += '}';
  return out;
}

std::string encode(const std::vector<core::agent_version>& value) {
  return encode_page(value, {}, [](std::string& out, const core::agent_version& one) {
    append_number(out += "{\"version\":", std::int64_t{one.version});
    append_time(out += ",\"created_at\":", one.created_at);
    append_string(out += ",\"hash\":", one.hash);
    out += '}';
  });
}

std::string encode(const core::agent_actor_info& value, std::string_view agent) {
  std::string out;
  append_string(out += "{\"agent\":", agent);
  append_string(out += ",\"state\":", core::to_string(value.state));
  append_number(out += ",\"restarts_in_window\":", std::int64_t{value.restarts_in_window});
  append_string_or_null(out += ",\"last_failure\":", value.last_failure);
  append_number(out += ",\"mailbox_depth\":", value.mailbox_depth);
  append_number(out += ",\"live_tasks\":", value.live_tasks);
  append_number(out += ",\"running_tasks\":", value.running_tasks);
  append_number(out += ",\"queued_tasks\":", value.queued_tasks);
  out += '}';
  return out;
}

std::string encode(const core::supervision_node& value) {
  std::string out;
  append_node(out, value);
  return out;
}

std::string encode(const core::context_info& value) {
  std::string out;
  append_context(out, value);
  return out;
}

std::string encode(const core::page<core::context_info>& value) {
  return encode_page(value.items, value.next_cursor, append_context);
}

}  // namespace mofa::rest
