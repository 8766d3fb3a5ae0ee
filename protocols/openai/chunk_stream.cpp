#include "protocols/openai/chunk_stream.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mofa::openai {
namespace {

namespace kinds = core::kinds;
using core::json;

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string text_of(const json& from, const char* member) {
  const auto found = from.find(member);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t count_of(const json& from, const char* member) {
  const auto found = from.find(member);
  return found != from.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string head_of(const completion_name& name) {
  return "data: {\"id\":" + dump(name.id) +
         ",\"object\":\"chat.completion.chunk\",\"created\":" + std::to_string(name.created) +
         ",\"model\":" + dump(name.model) + ",\"choices\":";
}

void append_error(std::string& out, const fault& why) { out += "data: " + error_text(why) + "\n\n"; }

}  // namespace

chunk_stream::chunk_stream(completion_name name, bool include_usage) : head_(head_of(name)), include_usage_(include_usage) {}

void chunk_stream::add(std::string& out, const core::event& what) {
  if (!std::exchange(began_, true)) append_delta(out, R"({"role":"assistant","content":""})", {});
  const auto data = json::parse(what.data, nullptr, false);
  if (!data.is_object()) return;
  if (what.kind == kinds::effect_requested) return on_request(data);
  if (what.kind == kinds::effect_resolved) return on_outcome(out, data);
  if (what.kind == kinds::artifact_updated) return on_artifact(data);
  if (what.kind == kinds::message_added || what.kind == kinds::replied) return on_message(data);
  if (what.kind == kinds::status_changed) on_status(out, what, data);
}

void chunk_stream::add(std::string& out, const core::live_frame& what) {
  if (what.kind != "delta" || !speech_) return;
  const auto data = json::parse(what.data, nullptr, false);
  if (!data.is_object() || text_of(data, "effect_id") != speech_->effect_id) return;
  const auto offset = count_of(data, "offset");
  const auto attempt = count_of(data, "attempt");
  if (offset == 0) {
    speech_->text.clear();
    speech_->attempt = attempt;
  }
  // Frames may be dropped: what is missing comes with the outcome.
  if (attempt != speech_->attempt || static_cast<std::size_t>(offset) != speech_->text.size()) return;
  speech_->text += text_of(data, "text");
  tell(out, speech_->text);
}

void chunk_stream::on_request(const json& data) {
  if (text_of(data, "type") != "model") return;
  speech_.reset();
  const auto schema = data.find("output_schema");
  if (schema != data.end() && !schema->is_null()) return;
  told_.end_block();
  speech_ = speech{text_of(data, "effect_id"), 0, {}};
}

void chunk_stream::on_outcome(std::string& out, const json& data) {
  reason_ = finish_reason(data);
  if (const auto used = data.find("usage"); used != data.end() && used->is_object()) {
    used_.input_tokens += count_of(*used, "input_tokens");
    used_.output_tokens += count_of(*used, "output_tokens");
  }
  if (!speech_ || text_of(data, "effect_id") != speech_->effect_id) return;
  speech_.reset();
  if (const auto value = data.find("value"); value != data.end() && value->is_object()) tell(out, text_of(*value, "text"));
}

void chunk_stream::on_artifact(const json& data) {
  const auto source = data.find("artifact");
  if (source == data.end()) return;
  auto read = core::artifact_from_json(*source, "");
  if (!read) return;
  const auto known = std::find_if(artifacts_.begin(), artifacts_.end(),
                                  [&](const auto& one) { return one.artifact_id == read->artifact_id; });
  if (known == artifacts_.end()) {
    artifacts_.push_back(std::move(*read));
  } else if (data.value("append", false)) {
    std::move(read->parts.begin(), read->parts.end(), std::back_inserter(known->parts));
  } else {
    *known = std::move(*read);
  }
}

void chunk_stream::on_message(const json& data) {
  const auto source = data.find("message");
  if (source == data.end()) return;
  auto read = core::message_from_json(*source, "");
  if (read && read->role == core::role::agent) last_said_ = std::move(*read);
}

void chunk_stream::on_status(std::string& out, const core::event& what, const json& data) {
  const auto reached = core::task_state_from(text_of(data, "state"));
  if (!reached) return;
  on_message(data);
  core::task_status status{*reached, text_of(data, "code"), std::nullopt, what.at};
  if (data.contains("message")) status.message = last_said_;
  if (*reached == core::task_state::completed || core::is_interrupted(*reached))
    return answer(out, status.message ? &*status.message : nullptr);
  if (!core::is_terminal(*reached)) return;
  if (status.code == "content_filter") return finish(out, "content_filter");
  break_off(out, fault_of(status));
}

void chunk_stream::answer(std::string& out, const core::message* said) {
  auto content = content_of(said, artifacts_);
  if (content.empty() && last_said_) content = content_of(&*last_said_, {});
  tell(out, content);
  finish(out, reason_);
}

void chunk_stream::finish(std::string& out, std::string_view reason) {
  append_delta(out, "{}", reason);
  if (include_usage_) append_chunk(out, "[]", usage_text(used_));
  out += "data: [DONE]\n\n";
  state_ = state::complete;
}

void chunk_stream::fail(std::string& out, const error& why) { break_off(out, fault_of(why)); }

void chunk_stream::stop(std::string& out) {
  break_off(out, fault_of(mofa::fail(errc::unavailable, "the server is stopping; the task goes on when it is back")));
}

void chunk_stream::break_off(std::string& out, const fault& why) {
  append_error(out, why);
  state_ = state::failed;
}

void chunk_stream::tell(std::string& out, std::string_view whole) {
  const auto piece = told_.advance(whole);
  if (!piece.empty()) append_delta(out, "{\"content\":" + dump(piece) + '}', {});
}

void chunk_stream::append_delta(std::string& out, std::string_view delta, std::string_view reason) {
  std::string choices = "[{\"index\":0,\"delta\":";
  choices += delta;
  choices += ",\"logprobs\":null,\"finish_reason\":";
  choices += reason.empty() ? "null" : '"' + std::string{reason} + '"';
  choices += "}]";
  append_chunk(out, choices, "null");
}

// With `include_usage` every chunk has the member, null in all but the last.
void chunk_stream::append_chunk(std::string& out, std::string_view choices, std::string_view usage) {
  out += head_;
  out += choices;
  if (include_usage_) {
    out += ",\"usage\":";
    out += usage;
  }
  out += "}\n\n";
}

}  // namespace mofa::openai
