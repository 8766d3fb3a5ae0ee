#include "server/models/anthropic/stream_decoder.hpp"

#include "protocols/core/token_estimate.hpp"
#include "protocols/document/document.hpp"
#include "protocols/openai/failure.hpp"
#include "protocols/openai/lenient.hpp"

namespace mofa::models {
namespace {

using core::json;
using openai::child;
using openai::count_of;
using openai::text_of;

constexpr std::size_t calls_max = 128;

std::string finish_name(const std::string& reason, bool calls) {
  if (reason == "max_tokens" || reason == "model_context_window_exceeded") return "length";
  if (reason == "refusal") return "content_filter";
  return calls ? "tool_calls" : "stop";
}

}  // namespace

result<void> anthropic_decoder::feed(std::string_view bytes, std::vector<std::string>& out) {
  if (done_) return {};
  std::vector<sse::received_event> events;
  const auto read = events_.feed(bytes, events);
  for (const auto& each : events) {
    const auto event = document::parse_json(each.data);
    if (!event || !event->is_object()) return fail(errc::upstream_failed, "an event of the stream is not a JSON object");
    if (auto taken = take_event(*event, each.data, out); !taken) return taken;
    if (done_) break;
  }
  if (!read && !done_) return fail(errc::upstream_failed, read.error().detail);
  return {};
}

result<void> anthropic_decoder::take_event(const json& event, std::string_view data, std::vector<std::string>& out) {
  const auto type = text_of(event, "type");
  if (type == "error") return fail(errc::upstream_failed, openai::failure_message(data));
  if (type == "message_start") {
    if (const auto* message = child(event, "message")) take_usage(*message);
  } else if (type == "content_block_start") {
    begin_block(event, out);
    if (calls_.size() > calls_max) return fail(errc::upstream_failed, "the answer calls more than 128 tools");
  } else if (type == "content_block_delta") {
    take_delta(event, out);
  } else if (type == "message_delta") {
    if (const auto* delta = child(event, "delta")) stop_ = text_of(*delta, "stop_reason");
    take_usage(event);
  } else if (type == "message_stop") {
    done_ = true;
  }
  return {};
}

void anthropic_decoder::begin_block(const json& event, std::vector<std::string>& out) {
  const auto* block = child(event, "content_block");
  if (block == nullptr) return;
  const auto type = text_of(*block, "type");
  if (type == "text") {
    say(text_of(*block, "text"), out);
  } else if (type == "tool_use") {
    const auto* input = child(*block, "input");
    calls_[count_of(event, "index").value_or(0)] = {
        text_of(*block, "id"), text_of(*block, "name"), input == nullptr ? json::object() : *input, {}};
  }
}

void anthropic_decoder::take_delta(const json& event, std::vector<std::string>& out) {
  const auto* delta = child(event, "delta");
  if (delta == nullptr) return;
  const auto type = text_of(*delta, "type");
  if (type == "text_delta") {
    say(text_of(*delta, "text"), out);
  } else if (type == "input_json_delta") {
    const auto call = calls_.find(count_of(event, "index").value_or(0));
    if (call != calls_.end()) call->second.arguments += text_of(*delta, "partial_json");
  }
}

void anthropic_decoder::take_usage(const json& holder) {
  const auto* usage = child(holder, "usage");
  if (usage == nullptr) return;
  if (const auto plain = count_of(*usage, "input_tokens")) {
    // What was written to or read from the provider's cache is counted apart.
    input_tokens_ = *plain + count_of(*usage, "cache_creation_input_tokens").value_or(0) +
                    count_of(*usage, "cache_read_input_tokens").value_or(0);
  }
  if (const auto count = count_of(*usage, "output_tokens")) output_tokens_ = count;  // cumulative
}

void anthropic_decoder::say(std::string piece, std::vector<std::string>& out) {
  if (piece.empty()) return;
  text_ += piece;
  out.push_back(std::move(piece));
}

core::tool_request anthropic_decoder::call_from(const open_call& call) const {
  core::tool_request out{call.id, names_.own(call.name), call.given, {}};
  if (call.arguments.empty() && call.given.is_object()) return out;
  auto read = document::parse_json(call.arguments);
  if (read && read->is_object()) {
    out.arguments = *std::move(read);
  } else {
    out.arguments = nullptr;
    out.malformed = call.arguments;
  }
  return out;
}

result<core::model_answer> anthropic_decoder::finish() const {
  if (!done_ && stop_.empty()) return fail(errc::upstream_failed, "the stream was cut off before the answer was complete");
  core::model_answer out;
  out.text = text_;
  for (const auto& [index, call] : calls_) {
    out.calls.push_back(call_from(call));
    if (out.calls.back().id.empty()) out.calls.back().id = "call_" + std::to_string(out.calls.size());
  }
  out.finish = finish_name(stop_, !out.calls.empty());
  out.input_tokens = input_tokens_.value_or(input_estimate_);
  out.output_tokens = output_tokens_.value_or(core::estimated_output_tokens(out));
  return out;
}

}  // namespace mofa::models
