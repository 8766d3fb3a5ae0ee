// The stream of a task: its feed as the pieces that A2A knows, in the order of the journal, the same for whoever listens.
// Made by the operations with the answer, owned by the session that writes it.
// Used by one thread at a time; pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/a2a/codec.hpp"
#include "protocols/a2a/reply.hpp"
#include "protocols/http/feed_encoder.hpp"

namespace mofa::a2a {

class task_stream final : public http::feed_encoder {
 public:
  /// `words` outlives it. `known` is told before all events, with so many messages of its history; the feed begins behind
  /// `known->row.last_seq`. `modes`: what the client accepts; `known` has been cut to it already.
  task_stream(const codec& words, frame_form frames, std::vector<std::string> modes, core::task_ptr known,
              std::size_t history);

  /// The client has the task: the feed begins where its stream broke off, and `known` is not told.
  void resume();

  void begin(std::string& out) override;
  void add(std::string& out, const core::event& what) override;
  void add(std::string& out, const core::live_frame& what) override;
  void fail(std::string& out, const error& why) override;
  void stop(std::string& out) override;
  state now() const override { return state_; }

 private:
  /// A model call whose words are heard.
  struct speech {
    std::string effect_id;
    std::int64_t attempt = 0;
    std::string told;    ///< so far
    bool whole = false;  ///< nothing of it was missed
  };

  task_names names() const { return {task_id_, context_id_}; }
  void open_frame(std::string& out, std::uint64_t seq) const;
  void close_frame(std::string& out) const { out += frames_.tail; }
  /// Whether another stream has just told the event in the same words: then this one does.
  bool tell_again(std::string& out, const core::event& what);
  void reach(core::task_state now);
  void begin_in_pieces(std::string& out) const;
  void on_status(std::string& out, const core::event& what, const core::json& data);
  void on_message(std::string& out, const core::event& what, const core::json& data);
  void on_artifact(std::string& out, const core::event& what, const core::json& data);
  void on_request(const core::json& data);
  void on_outcome(std::string& out, const core::event& what, const core::json& data);
  /// Each tells one thing, and returns how it was put into words: a view into `out`; of an artifact that came in several
  /// pieces, nothing.
  std::string_view tell_status(std::string& out, std::uint64_t seq, core::task_status status, bool closes) const;
  std::string_view tell_artifact(std::string& out, std::uint64_t seq, const core::artifact& what, bool append,
                                 bool last) const;
  speech* speech_of(std::string_view effect_id);

  const codec& words_;
  frame_form frames_;
  std::vector<std::string> modes_;
  core::task_ptr first_;  ///< until it is told; null: it is not to be
  std::size_t history_;
  std::string task_id_;
  std::string context_id_;
  core::task_state reached_;
  std::optional<core::message> reply_;
  bool hears_;  ///< the client takes text
  std::vector<speech> speeches_;
  state state_ = state::open;
};

}  // namespace mofa::a2a
