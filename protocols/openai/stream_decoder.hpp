// The decoder of an answer's stream: chat completion chunks as Server-Sent Events become text as it comes, then one answer.
// Owned by the attempt that reads the stream: one for each.
// Used by one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/ports/model.hpp"
#include "protocols/core/tool_names.hpp"
#include "protocols/sse/decoder.hpp"

namespace mofa::openai {

class stream_decoder {
 public:
  /// `input_estimate` is taken when the provider does not count tokens.
  stream_decoder(core::tool_names names, std::int64_t input_estimate)
      : names_(std::move(names)), input_estimate_(input_estimate) {}

  /// Appends the pieces of text that these bytes complete, also those before an error. Error upstream_failed: an error
  /// object, or a chunk that is none; feed no more then. What follows [DONE] is skipped.
  result<void> feed(std::string_view bytes, std::vector<std::string>& out);

  /// Whether [DONE] has come: a connection that breaks now takes nothing away.
  bool is_done() const { return done_; }

  /// The answer, after the last byte; `model` is left empty. Error upstream_failed: the stream was cut.
  result<core::model_answer> finish() const;

 private:
  struct open_call {
    std::int64_t index = 0;
    std::string id;
    std::string name;
    std::string arguments;  ///< text of JSON, growing
  };

  result<void> take_chunk(std::string_view data, std::vector<std::string>& out);
  void take_choice(const core::json& choice, std::vector<std::string>& out);
  void take_call(const core::json& fragment);
  open_call& call_of(const core::json& fragment);

  core::tool_names names_;
  std::int64_t input_estimate_;
  sse::decoder events_;
  std::string text_;
  std::vector<open_call> calls_;
  std::string finish_;  ///< as the provider wrote it
  std::optional<std::int64_t> input_tokens_;
  std::optional<std::int64_t> output_tokens_;
  bool done_ = false;
};

}  // namespace mofa::openai
