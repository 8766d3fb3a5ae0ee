// The chunk stream: a task's feed as the chunks of a streamed completion.
// Made with the answer to a completion that streams, owned by the session that writes it.
// Used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/task.hpp"
#include "protocols/http/feed_encoder.hpp"
#include "protocols/openai/completion.hpp"
#include "protocols/openai/fault.hpp"
#include "protocols/openai/told_text.hpp"

namespace mofa::openai {

/// First the role; then the text of each of the task's model calls as it comes, and of its end what was not said yet, each
/// after an empty line; then the reason of the end, the usage if it was asked for, and [DONE]. A call whose answer has a
/// schema may be repaired, and is told by the end of the task alone. A task that ends otherwise than completed ends the
/// stream with a chunk that is an error; one that asks its person something has answered, too.
class chunk_stream final : public http::feed_encoder {
 public:
  chunk_stream(completion_name name, bool include_usage);

  void add(std::string& out, const core::event& what) override;
  void add(std::string& out, const core::live_frame& what) override;
  void fail(std::string& out, const error& why) override;
  void stop(std::string& out) override;
  state now() const override { return state_; }

 private:
  /// The model call that is heard now.
  struct speech {
    std::string effect_id;
    std::int64_t attempt = 0;
    std::string text;
  };

  void on_request(const core::json& data);
  void on_outcome(std::string& out, const core::json& data);
  void on_artifact(const core::json& data);
  void on_message(const core::json& data);
  void on_status(std::string& out, const core::event& what, const core::json& data);
  void answer(std::string& out, const core::message* said);
  void finish(std::string& out, std::string_view reason);
  void break_off(std::string& out, const fault& why);
  void tell(std::string& out, std::string_view whole);
  /// `choices` with its brackets; `usage` is its text.
  void append_chunk(std::string& out, std::string_view choices, std::string_view usage);
  void append_delta(std::string& out, std::string_view delta, std::string_view reason);

  const std::string head_;  ///< the members that all chunks begin with
  const bool include_usage_;
  state state_ = state::open;
  bool began_ = false;
  told_text told_;
  std::optional<speech> speech_;
  std::string_view reason_ = "stop";
  core::usage used_;
  std::optional<core::message> last_said_;
  std::vector<core::artifact> artifacts_;
};

}  // namespace mofa::openai
