#include "protocols/openai/stream_decoder.hpp"

#include <algorithm>

#include "protocols/core/token_estimate.hpp"
#include "protocols/document/document.hpp"
#include "protocols/openai/failure.hpp"
#include "protocols/openai/lenient.hpp"

namespace mofa::openai {
namespace {

using core::json;

constexpr std::size_t calls_max = 128;

std::string finish_name(const std::string& reason, bool calls) {
  if (reason == "length" || reason == "content_filter") return reason;
  // Some servers say "stop" although they want tools called.
  return calls ? "tool_calls" : "stop";
}

}  // namespace

result<void> stream_decoder::feed(std::string_view bytes, std::vector<std::string>& out) {
  if (done_) return {};
  std::vector<sse::received_event> events;
  const auto read = events_.feed(bytes, events);
  for (const auto& each : events) {
    if (each.data == "[DONE]") {
      done_ = true;
      break;
    }
    if (auto taken = take_chunk(each.data, out); !taken) return taken;
  }
  if (!read && !done_) return fail(errc::upstream_failed, read.error().detail);
  return {};
}

result<void> stream_decoder::take_chunk(std::string_view data, std::vector<std::string>& out) {
  const auto chunk = document::parse_json(data);
  if (!chunk || !chunk->is_object()) return fail(errc::upstream_failed, "a chunk of the stream is not a JSON object");
  if (child(*chunk, "error") != nullptr) return fail(errc::upstream_failed, failure_message(data));
  if (const auto* usage = child(*chunk, "usage")) {
    // Some servers count in every chunk: the last one holds.
    if (const auto count = count_of(*usage, "prompt_tokens")) input_tokens_ = count;
    if (const auto count = count_of(*usage, "completion_tokens")) output_tokens_ = count;
  }
  const auto* choices = child(*chunk, "choices");
  if (choices == nullptr || !choices->is_array()) return {};
  for (const auto& each : *choices) {
    if (count_of(each, "index").value_or(0) == 0) take_choice(each, out);
  }
  if (calls_.size() > calls_max) return fail(errc::upstream_failed, "the answer calls more than 128 tools");
  return {};
}

void stream_decoder::take_choice(const json& choice, std::vector<std::string>& out) {
  if (auto reason = text_of(choice, "finish_reason"); !reason.empty()) finish_ = std::move(reason);
  const auto* delta = child(choice, "delta");
  if (delta == nullptr) return;
  for (const auto* name : {"content", "refusal"}) {
    if (auto piece = text_of(*delta, name); !piece.empty()) {
      text_ += piece;
      out.push_back(std::move(piece));
    }
  }
  const auto* calls = child(*delta, "tool_calls");
  if (calls == nullptr || !calls->is_array()) return;
  for (const auto& each : *calls) take_call(each);
}

stream_decoder::open_call& stream_decoder::call_of(const json& fragment) {
  const auto index = count_of(fragment, "index");
  const auto id = text_of(fragment, "id");
  // From the end: there are servers that number all parallel calls 0 and tell them apart by their ids.
  const auto found = std::find_if(calls_.rbegin(), calls_.rend(), [&](const open_call& call) {
    if (!index) return call.id == id;
    return call.index == *index && (id.empty() || call.id.empty() || call.id == id);
  });
  if (found != calls_.rend()) return *found;
  // Without an index and without an id it goes on with the last call.
  if (!index && id.empty() && !calls_.empty()) return calls_.back();
  calls_.push_back({index.value_or(static_cast<std::int64_t>(calls_.size())), {}, {}, {}});
  return calls_.back();
}

void stream_decoder::take_call(const json& fragment) {
  auto& call = call_of(fragment);
  if (call.id.empty()) call.id = text_of(fragment, "id");
  const auto* function = child(fragment, "function");
  if (function == nullptr) return;
  if (call.name.empty()) call.name = text_of(*function, "name");
  call.arguments += text_of(*function, "arguments");
}

result<core::model_answer> stream_decoder::finish() const {
  if (!done_ && finish_.empty()) return fail(errc::upstream_failed, "the stream was cut off before the answer was complete");
  if (finish_.empty() && text_.empty() && calls_.empty())
    return fail(errc::upstream_failed, "the stream had no answer in it");
  core::model_answer out;
  out.text = text_;
  auto calls = calls_;
  std::stable_sort(calls.begin(), calls.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  for (auto& each : calls) {
    auto id = each.id.empty() ? "call_" + std::to_string(out.calls.size() + 1) : std::move(each.id);
    auto read = document::parse_json(each.arguments.empty() ? "{}" : each.arguments);
    core::tool_request call{std::move(id), names_.own(each.name), nullptr, {}};
    if (read && read->is_object()) {
      call.arguments = *std::move(read);
    } else {
      call.malformed = std::move(each.arguments);
    }
    out.calls.push_back(std::move(call));
  }
  out.finish = finish_name(finish_, !out.calls.empty());
  out.input_tokens = input_tokens_.value_or(input_estimate_);
  out.output_tokens = output_tokens_.value_or(core::estimated_output_tokens(out));
  return out;
}

}  // namespace mofa::openai
