// The decoder of Anthropic's stream: events of a message (Messages API, "Streaming messages") become text, then one answer.
// Owned by the attempt that reads the stream: one for each.
// Used by one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/ports/model.hpp"
#include "protocols/core/tool_names.hpp"
#include "protocols/sse/decoder.hpp"

namespace mofa::models {

class anthropic_decoder {
 public:
  /// `input_estimate` is taken when the stream does not count tokens.
  anthropic_decoder(core::tool_names names, std::int64_t input_estimate)
      : names_(std::move(names)), input_estimate_(input_estimate) {}

  /// Appends the pieces of text that these bytes complete, also those before an error; `ping`, thinking and events of later
  /// versions are skipped. Error upstream_failed: an `error` event, or one that is none; feed no more then.
  result<void> feed(std::string_view bytes, std::vector<std::string>& out);

  /// Whether `message_stop` has come: a connection that breaks now takes nothing away.
  bool is_done() const { return done_; }

  /// The answer, after the last byte; `model` is left empty. Error upstream_failed: the stream was cut.
  result<core::model_answer> finish() const;

 private:
  struct open_call {
    std::string id;
    std::string name;
    core::json given;       ///< arguments that came with the begin of the block
    std::string arguments;  ///< text of JSON, growing; beats what was given
  };

  result<void> take_event(const core::json& event, std::string_view data, std::vector<std::string>& out);
  void begin_block(const core::json& event, std::vector<std::string>& out);
  void take_delta(const core::json& event, std::vector<std::string>& out);
  void take_usage(const core::json& holder);
  void say(std::string piece, std::vector<std::string>& out);
  core::tool_request call_from(const open_call& call) const;

  core::tool_names names_;
  std::int64_t input_estimate_;
  sse::decoder events_;
  std::string text_;
  std::map<std::int64_t, open_call> calls_;  ///< by the index of their block
  std::string stop_;                         ///< as the provider wrote it
  std::optional<std::int64_t> input_tokens_;
  std::optional<std::int64_t> output_tokens_;
  bool done_ = false;
};

}  // namespace mofa::models
