#include "protocols/websocket/frame.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <vector>

#include "protocols/core/submission.hpp"
#include "protocols/core/topic.hpp"
#include "protocols/document/document.hpp"
#include "server/base/limits.hpp"
#include "server/base/nearest.hpp"

namespace mofa::websocket {
namespace {

using core::field_errors;
using core::json;
using core::object_fields;
using names = std::vector<std::string_view>;

// The pointer of the whole frame; object_fields keeps a reference to it.
const std::string root;

/// What a reader of one type of frame works on.
struct reading {
  object_fields& fields;
  field_errors& errors;
};

task_id task_from(reading& of) {
  of.fields.require("task_id");
  const auto text = of.fields.text("task_id");
  if (!text) return {};
  if (const auto id = task_id::parse(*text)) return *id;
  of.fields.add("task_id", "must be the id of a task");
  return {};
}

std::string topic_from(reading& of) {
  auto text = of.fields.text("topic", limits::topic_bytes);
  if (!text) return {};
  const auto pattern = core::topic_pattern::parse(*std::move(text));
  if (pattern) return pattern->text();
  of.fields.add("topic", pattern.error().detail);
  return {};
}

source source_from(reading& of) {
  source out;
  const bool task = of.fields.find("task_id") != nullptr;
  const bool topic = of.fields.find("topic") != nullptr;
  if (task == topic) {
    of.errors.push_back({root, "give either task_id or topic"});
  } else if (task) {
    out.task = task_from(of);
  } else {
    out.topic = topic_from(of);
  }
  return out;
}

order read_submit(reading& of) {
  auto what = core::submission_from(of.fields, of.errors);
  of.fields.require("agent");
  if (auto agent = of.fields.text("agent", limits::client_id_bytes)) what.agent = std::move(*agent);
  return submit_order{std::move(what)};
}

order read_message(reading& of) { return message_order{task_from(of), core::user_message_from(of.fields, of.errors)}; }

order read_cancel(reading& of) { return cancel_order{task_from(of), core::cancel_reason_from(of.fields)}; }

order read_subscribe(reading& of) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  subscribe_order out;
  if (const auto after = of.fields.integer("after", 0, most)) out.after = static_cast<std::uint64_t>(*after);
  out.to = source_from(of);
  return out;
}

order read_unsubscribe(reading& of) { return unsubscribe_order{source_from(of)}; }

order read_ping(reading&) { return ping_order{}; }

struct frame_type {
  std::string_view name;
  names members;  ///< besides type and id
  order (*read)(reading&);
};

names submit_members() {
  names out{core::submission_members.begin(), core::submission_members.end()};
  out.push_back("agent");
  return out;
}

std::span<const frame_type> frame_types() {
  static const std::array<frame_type, 6> all{{
      {"submit", submit_members(), read_submit},
      {"message", {"task_id", "message"}, read_message},
      {"cancel", {"task_id", "reason"}, read_cancel},
      {"subscribe", {"task_id", "topic", "after"}, read_subscribe},
      {"unsubscribe", {"task_id", "topic"}, read_unsubscribe},
      {"ping", {}, read_ping},
  }};
  return all;
}

/// The id as JSON text, or what is wrong with it.
std::optional<std::string> id_from(const json& frame, field_errors& errors) {
  const auto found = frame.find("id");
  if (found == frame.end()) {
    errors.push_back({"/id", "missing member 'id': a string or an integer, which the answers will carry"});
    return std::nullopt;
  }
  if (found->is_number_integer()) return found->dump();
  if (const auto* text = found->get_ptr<const std::string*>(); text != nullptr && text->size() <= limits::client_id_bytes)
    return found->dump();
  errors.push_back({"/id", "must be an integer, or a string of at most 128 bytes"});
  return std::nullopt;
}

std::string unknown_type(std::string_view wrong) {
  names known;
  for (const auto& each : frame_types()) known.push_back(each.name);
  if (const auto near = nearest_name(wrong, known)) return "unknown type; did you mean '" + std::string{*near} + "'?";
  std::string out = "unknown type; known:";
  for (const auto name : known) out.append(out.back() == ':' ? " " : ", ").append(name);
  return out;
}

const frame_type* type_from(const json& frame, field_errors& errors) {
  const auto found = frame.find("type");
  if (found == frame.end()) {
    errors.push_back({"/type", "missing member 'type'"});
    return nullptr;
  }
  const auto* name = found->get_ptr<const std::string*>();
  if (name == nullptr) {
    errors.push_back({"/type", "must be a string, not " + std::string{core::type_name(*found)}});
    return nullptr;
  }
  const auto all = frame_types();
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == *name; });
  if (at != all.end()) return &*at;
  errors.push_back({"/type", unknown_type(*name)});
  return nullptr;
}

}  // namespace

client_frame read_frame(std::string_view text) {
  client_frame out;
  const auto value = document::parse_json(text);
  field_errors errors;
  if (!value) {
    out.what = value.error();
    return out;
  }
  if (!value->is_object()) {
    out.what = core::invalid_fields({{root, "a frame must be an object, not " + std::string{core::type_name(*value)}}});
    return out;
  }
  if (auto id = id_from(*value, errors)) out.id = std::move(*id);
  const auto* type = type_from(*value, errors);
  if (type != nullptr) {
    auto known = type->members;
    known.insert(known.end(), {"type", "id"});
    object_fields fields{*value, root, known, errors};
    reading of{fields, errors};
    out.what = type->read(of);
  }
  if (!errors.empty()) out.what = core::invalid_fields(std::move(errors));
  return out;
}

std::optional<core::scope> scope_of(const order& what) {
  if (std::holds_alternative<ping_order>(what)) return std::nullopt;
  const bool reads = std::holds_alternative<subscribe_order>(what) || std::holds_alternative<unsubscribe_order>(what);
  return reads ? core::scope::tasks_read : core::scope::tasks_write;
}

}  // namespace mofa::websocket
