#include "protocols/a2a/task_stream.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocols/a2a/modes.hpp"
#include "protocols/a2a/pieces.hpp"

namespace mofa::a2a {
namespace {

namespace kinds = core::kinds;
using core::json;

std::string text_of(const json& from, const char* member) {
  const auto found = from.find(member);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t count_of(const json& from, const char* member) {
  const auto found = from.find(member);
  return found != from.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::optional<core::message> message_in(const json& data) {
  const auto source = data.find("message");
  if (source == data.end()) return std::nullopt;
  auto read = core::message_from_json(*source, "");
  return read ? std::optional{*std::move(read)} : std::nullopt;
}

/// What was written last on this thread. Many streams of one task are served one after the other: an event that means the
/// same to all of them is read and put into words once.
struct written {
  const codec* words = nullptr;
  task_id task;
  std::uint64_t seq = 0;
  std::optional<core::task_state> reached;  ///< of a change of status
  std::string text;
};
thread_local written last_written;

// A thread does not keep megabytes for what is rarely told twice.
constexpr std::size_t most_kept_bytes = 256 * 1024;

void keep_written(const codec& words, const core::event& what, std::optional<core::task_state> reached,
                  std::string_view text) {
  if (text.size() > most_kept_bytes) return;
  last_written.words = &words;
  last_written.task = what.task;
  last_written.seq = what.seq;
  last_written.reached = reached;
  last_written.text = text;
}

/// The data of an event, read once on this thread for all streams that are told of it one after the other. What is too large
/// to be kept is read into `room`.
const json& data_of(const core::event& what, json& room) {
  struct read_event {
    task_id task;
    std::uint64_t seq = 0;
    json data;
  };
  thread_local read_event last;
  if (what.data.size() > most_kept_bytes) return room = json::parse(what.data, nullptr, false);
  if (last.seq != what.seq || last.task != what.task) {
    last.data = json::parse(what.data, nullptr, false);
    last.task = what.task;
    last.seq = what.seq;
  }
  return last.data;
}

}  // namespace

task_stream::task_stream(const codec& words, frame_form frames, std::vector<std::string> modes, core::task_ptr known,
                         std::size_t history)
    : words_(words),
      frames_(std::move(frames)),
      modes_(std::move(modes)),
      history_(history),
      task_id_(known->row.id.str()),
      context_id_(known->row.context_id),
      reached_(known->row.status.state),
      hears_(shown_artifact(spoken_artifact("words"), modes_).has_value()) {
  if (hears_)
    for (const auto& each : known->speaking) speeches_.push_back({each, 0, {}, false});
  first_ = std::move(known);
}

void task_stream::resume() {
  first_.reset();
  // How the task stood there is not known; it had not ended.
  reached_ = core::task_state::working;
}

void task_stream::open_frame(std::string& out, std::uint64_t seq) const {
  if (frames_.numbered && seq > 0) out += "id: " + std::to_string(seq) + '\n';
  out += frames_.head;
}

void task_stream::begin(std::string& out) {
  if (!first_) return;
  const auto start = out.size();
  open_frame(out, first_->row.last_seq);
  words_.append_sent_task(out, *first_, {history_});
  close_frame(out);
  if (out.size() - start > event_bytes) {
    out.resize(start);
    begin_in_pieces(out);
  }
  first_.reset();
}

// The task comes without its artifacts, which follow it, and with as much of its history as there is room for: no server
// has to show all. Its number comes with the last of these: who resumes before it gets all of them again.
void task_stream::begin_in_pieces(std::string& out) const {
  const auto& whole = *first_;
  core::task head;
  head.row = whole.row;
  if (auto& said = head.row.status.message) said = shortened(*std::move(said), piece_bytes, task_id_);
  std::size_t shown = 0, used = 0;
  for (auto each = whole.history.rbegin(); each != whole.history.rend() && shown < history_; ++each, ++shown) {
    used += bytes_of(*each);
    if (used > piece_bytes) break;
  }
  head.history.assign(whole.history.end() - static_cast<std::ptrdiff_t>(shown), whole.history.end());
  const auto artifacts = artifacts_of(whole);
  open_frame(out, artifacts.empty() ? whole.row.last_seq : 0);
  words_.append_sent_task(out, head, {});
  close_frame(out);
  for (const auto& each : artifacts)
    tell_artifact(out, &each == &artifacts.back() ? whole.row.last_seq : 0, each, false, true);
}

std::string_view task_stream::tell_status(std::string& out, std::uint64_t seq, core::task_status status, bool closes) const {
  open_frame(out, seq);
  const auto begin = out.size();
  words_.append_status(out, {status, closes}, names());
  if (out.size() - begin > event_bytes && status.message) {
    out.resize(begin);
    status.message = shortened(*std::move(status.message), piece_bytes, task_id_);
    words_.append_status(out, {status, closes}, names());
  }
  const auto length = out.size() - begin;
  close_frame(out);
  return std::string_view{out}.substr(begin, length);
}

// The number comes with the last piece: who resumes before it gets all of them again, the first of them anew.
std::string_view task_stream::tell_artifact(std::string& out, std::uint64_t seq, const core::artifact& what, bool append,
                                            bool last) const {
  const auto pieces = pieces_of(what, piece_bytes);
  std::size_t begin = 0, length = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool ends = i + 1 == pieces.size();
    open_frame(out, ends ? seq : 0);
    begin = out.size();
    words_.append_artifact(out, {pieces[i], append || i > 0, last && ends}, names());
    length = out.size() - begin;
    close_frame(out);
  }
  return pieces.size() == 1 ? std::string_view{out}.substr(begin, length) : std::string_view{};
}

void task_stream::add(std::string& out, const core::event& what) {
  const bool told = what.kind == kinds::status_changed || what.kind == kinds::message_added || what.kind == kinds::replied ||
                    what.kind == kinds::artifact_updated || what.kind == kinds::effect_requested ||
                    what.kind == kinds::effect_resolved;
  if (!told || tell_again(out, what)) return;
  json room;
  const auto& data = data_of(what, room);
  if (!data.is_object()) return;
  if (what.kind == kinds::status_changed) return on_status(out, what, data);
  if (what.kind == kinds::message_added) return on_message(out, what, data);
  if (what.kind == kinds::artifact_updated) return on_artifact(out, what, data);
  if (what.kind == kinds::effect_requested) return on_request(data);
  if (what.kind == kinds::effect_resolved) return on_outcome(out, what, data);
  reply_ = message_in(data);
}

bool task_stream::tell_again(std::string& out, const core::event& what) {
  const auto& last = last_written;
  const bool same = last.words == &words_ && last.seq == what.seq && last.task == what.task;
  // What else a status says depends on the stream.
  if (!same || !modes_.empty() || reply_) return false;
  open_frame(out, what.seq);
  out += last.text;
  close_frame(out);
  if (last.reached) reach(*last.reached);
  return true;
}

void task_stream::reach(core::task_state now) {
  reached_ = now;
  if (core::is_terminal(now)) state_ = state::complete;
}

void task_stream::on_status(std::string& out, const core::event& what, const json& data) {
  const auto reached = core::task_state_from(text_of(data, "state"));
  if (!reached) return;
  const bool ended = core::is_terminal(*reached);
  core::task_status status{*reached, text_of(data, "code"), message_in(data), what.at};
  // A task that has begun can end with a reply: then that is its last word.
  if (ended && !status.message) status.message = reply_;
  if (status.message) status.message = shown_message(*std::move(status.message), modes_);
  const auto told = tell_status(out, what.seq, std::move(status), ended);
  if (modes_.empty() && !reply_) keep_written(words_, what, reached, told);
  reach(*reached);
}

// What the agent says in between.
void task_stream::on_message(std::string& out, const core::event& what, const json& data) {
  auto said = message_in(data);
  if (!said || said->role != core::role::agent) return;
  said = shown_message(*std::move(said), modes_);
  if (!said) return;
  tell_status(out, what.seq, {reached_, {}, std::move(said), what.at}, false);
}

void task_stream::on_artifact(std::string& out, const core::event& what, const json& data) {
  const auto source = data.find("artifact");
  if (source == data.end()) return;
  auto read = core::artifact_from_json(*source, "");
  if (!read) return;
  const auto left = shown_artifact(*std::move(read), modes_);
  if (!left) return;
  const auto told = tell_artifact(out, what.seq, *left, data.value("append", false), data.value("last", true));
  if (modes_.empty() && !told.empty()) keep_written(words_, what, std::nullopt, told);
}

task_stream::speech* task_stream::speech_of(std::string_view effect_id) {
  const auto found =
      std::find_if(speeches_.begin(), speeches_.end(), [&](const auto& each) { return each.effect_id == effect_id; });
  return found == speeches_.end() ? nullptr : &*found;
}

// Words that must fit a schema are no text to show piece by piece.
void task_stream::on_request(const json& data) {
  if (!hears_ || text_of(data, "type") != "model" || data.contains("output_schema")) return;
  speeches_.push_back({text_of(data, "effect_id"), 0, {}, false});
}

void task_stream::add(std::string& out, const core::live_frame& what) {
  if (what.kind != "delta" || speeches_.empty()) return;
  const auto data = json::parse(what.data, nullptr, false);
  if (!data.is_object()) return;
  auto* one = speech_of(text_of(data, "effect_id"));
  if (one == nullptr) return;
  const auto offset = count_of(data, "offset");
  const auto attempt = count_of(data, "attempt");
  const auto text = text_of(data, "text");
  if (offset == 0) *one = {one->effect_id, attempt, {}, true};
  // Frames may be dropped: what is missing comes with the outcome, as a whole.
  if (attempt != one->attempt || static_cast<std::size_t>(offset) != one->told.size()) one->whole = false;
  if (!one->whole || text.empty()) return;
  one->told += text;
  // There is one artifact: who begins to speak takes it over.
  for (auto& each : speeches_)
    if (&each != one) each.whole = false;
  tell_artifact(out, 0, spoken_artifact(text), offset > 0, false);
}

void task_stream::on_outcome(std::string& out, const core::event& what, const json& data) {
  const auto id = text_of(data, "effect_id");
  speech heard;
  if (auto* one = speech_of(id)) {
    heard = std::move(*one);
    speeches_.erase(speeches_.begin() + (one - speeches_.data()));
  } else if (!hears_ || !data.value("heard", false)) {
    return;
  }
  const auto value = data.find("value");
  const auto text = value != data.end() && value->is_object() ? text_of(*value, "text") : std::string{};
  const bool goes_on = heard.whole && !heard.told.empty() && text.starts_with(heard.told);
  // Words of a call that failed in the end are taken back.
  if (text.empty() && heard.told.empty()) return;
  const auto rest = std::string_view{text}.substr(goes_on ? heard.told.size() : 0);
  tell_artifact(out, what.seq, spoken_artifact(rest), goes_on, true);
}

// The body ends with an error of the protocol, and the connection closes.
void task_stream::fail(std::string& out, const error& why) {
  const auto what = fault_of(why);
  out += "event: error\ndata: " + refusal_of(what, frames_.form).body + "\n\n";
  state_ = state::failed;
}

// The task goes on when the server is back: a clean end of a stream without a final state says so to A2A's clients.
void task_stream::stop(std::string& out) { out += ": the server is stopping\n\n"; }

}  // namespace mofa::a2a
