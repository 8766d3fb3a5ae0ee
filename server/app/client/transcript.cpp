#include "server/app/client/transcript.hpp"

#include <fmt/format.h>

#include <utility>

#include "protocols/core/event.hpp"

namespace mofa::app::client {
namespace {

constexpr std::size_t label_characters = 100;
constexpr std::size_t result_characters = 160;

/// "calculator {…}", "agent weather: …"; empty for effects that are not shown as a call.
std::string label_of(const json& data) {
  const auto type = text_member(data, "type");
  if (type == "tool") {
    const auto& arguments = member(data, "arguments");
    const bool none = arguments.is_null() || arguments.empty();
    return one_line(text_member(data, "tool") + (none ? "" : " " + compact(arguments)), label_characters);
  }
  if (type == "child") {
    const auto& said = member(data, data.contains("arguments") ? "arguments" : "message");
    return one_line("agent " + text_member(data, "agent") + ": " + compact(said), label_characters);
  }
  return {};
}

/// A tool that has a text for people says that one.
std::string result_of(const json& value) {
  const auto text = text_member(value, "text");
  return one_line(text.empty() ? compact(value) : text, result_characters);
}

}  // namespace

void transcript::on_event(const json& event) {
  const auto kind = text_member(event, "kind");
  const auto& data = member(event, "data");
  if (const auto at = parse_rfc3339(text_member(event, "at"))) last_ = *at;
  if (kind == core::kinds::submitted || kind == core::kinds::message_received) {
    message_came(data);
  } else if (kind == core::kinds::status_changed) {
    status_changed(data);
  } else if (kind == core::kinds::effect_requested) {
    effect_requested(data);
  } else if (kind == core::kinds::effect_resolved) {
    effect_resolved(data);
  } else if (kind == core::kinds::artifact_updated) {
    artifact_updated(data);
  } else if (kind == core::kinds::replied) {
    say(message_text(member(data, "message")));
  } else if (kind == core::kinds::behaviour_crashed) {
    note(tone::bad,
         fmt::format("crashed ({}), continues from its journal", one_line(text_member(data, "reason"), result_characters)));
  } else if (kind == core::kinds::cancel_requested) {
    note(tone::quiet, "a cancel was asked for");
  }
}

void transcript::message_came(const json& data) {
  begun_ = last_;
  said_.clear();
  if (how_.shows_messages) note(tone::quiet, "> " + one_line(message_text(member(data, "message")), result_characters));
  screen_.busy("waiting");
}

void transcript::status_changed(const json& data) {
  const auto state = core::task_state_from(text_member(data, "state"));
  if (!state) return;
  const auto text = message_text(member(data, "message"));
  if (core::is_settled(*state)) return ended(*state, data);
  if (!text.empty()) note(tone::quiet, one_line(text, result_characters));
  screen_.busy(text.empty() ? "working" : one_line(text, label_characters));
}

void transcript::ended(core::task_state state, const json& data) {
  const auto text = message_text(member(data, "message"));
  if (state == core::task_state::completed || core::is_interrupted(state)) {
    say(text);
    screen_.busy("");
    return;
  }
  end_words();
  auto line = std::string{core::to_string(state)};
  if (const auto code = text_member(data, "code"); !code.empty()) line += " (" + code + ")";
  if (!text.empty()) line += ": " + printable(text);
  note(tone::bad, line);
  screen_.busy("");
}

void transcript::effect_requested(const json& data) {
  auto label = label_of(data);
  if (text_member(data, "type") == "model") screen_.busy("thinking");
  if (label.empty()) return;
  screen_.busy("calling " + label);
  calls_[text_member(data, "effect_id")] = {std::move(label), last_};
}

void transcript::effect_resolved(const json& data) {
  const auto& error = member(data, "error");
  const auto effect = text_member(data, "effect_id");
  const auto found = calls_.find(effect);
  if (found == calls_.end()) {
    // A model, or something that happens in the house.
    if (error.is_object())
      note(tone::bad, "failed: " + one_line(text_member(error, "detail"), result_characters));
    else
      model_answered(effect, member(data, "value"));
    return;
  }
  const auto took = duration_text(last_ - found->second.begun);
  if (error.is_object())
    note(tone::bad, fmt::format("{} failed: {} ({})", found->second.label,
                                one_line(text_member(error, "detail"), result_characters), took));
  else
    note(tone::quiet, fmt::format("{} -> {} ({})", found->second.label, result_of(member(data, "value")), took));
  calls_.erase(found);
  screen_.busy(calls_.empty() ? "working" : "calling " + calls_.begin()->second.label);
}

void transcript::model_answered(const std::string& effect, const json& value) {
  const auto text = text_member(value, "text");
  const auto& calls = member(value, "calls");
  if (text.empty() || !calls.is_array()) return;
  if (how_.streams) {
    // Words of another call, or more than were meant: they stay, and the text begins anew.
    if (effect != effect_ || shown_.size() > text.size()) end_words();
    show_words(text);
    end_words();
    said_ = text;
  } else if (!calls.empty()) {
    note(tone::quiet, one_line(text, result_characters));
  }
}

void transcript::artifact_updated(const json& data) {
  const auto& artifact = member(data, "artifact");
  const auto name = text_member(artifact, "name");
  note(tone::plain, fmt::format("+ {}: {}", printable(name.empty() ? text_member(artifact, "artifact_id") : name),
                                printable(parts_text(member(artifact, "parts")))));
}

void transcript::on_delta(const json& data) {
  if (!how_.streams) return;
  const auto effect = text_member(data, "effect_id");
  const auto& number = member(data, "attempt");
  const auto& place = member(data, "offset");
  if (!number.is_number_integer() || !place.is_number_integer()) return;
  const auto offset = place.get<std::int64_t>();
  if (effect != effect_) {
    end_words();
    effect_ = effect;
    attempt_ = 0;
  }
  if (offset == 0 || number != attempt_) coming_.clear();
  attempt_ = number.get<std::int64_t>();
  // A piece after a gap tells nothing that the call's outcome does not.
  if (offset != static_cast<std::int64_t>(coming_.size())) return;
  coming_ += text_member(data, "text");
  show_words(coming_);
}

void transcript::on_progress(const json& data) {
  const auto& number = member(data, "attempt");
  const auto why = one_line(text_member(data, "error"), result_characters);
  if (!number.is_number_integer() || why.empty()) return;
  const auto& pause = member(data, "retry_in_ms");
  const std::chrono::milliseconds wait{pause.is_number_integer() ? pause.get<std::int64_t>() : 0};
  note(tone::quiet, fmt::format("attempt {} failed: {}; trying again{}", number.get<std::int64_t>(), why,
                                wait.count() > 0 ? " in " + duration_text(wait) : ""));
  screen_.busy("thinking");
}

// A new attempt mostly says the same again: what the screen has is not repeated.
void transcript::show_words(const std::string& all) {
  if (shown_.starts_with(all)) return;
  if (!all.starts_with(shown_)) end_words();
  screen_.answer(std::string_view{all}.substr(shown_.size()));
  shown_ = all;
}

void transcript::end_words() {
  if (!shown_.empty() && shown_.back() != '\n') screen_.answer("\n");
  shown_.clear();
}

void transcript::say(const std::string& text) {
  end_words();
  if (text.empty() || text == std::exchange(said_, {})) return;
  screen_.answer(text.back() == '\n' ? text : text + '\n');
}

void transcript::note(tone how, const std::string& line) {
  end_words();
  screen_.note(how, line);
}

std::chrono::milliseconds transcript::took() const { return last_ - begun_; }

}  // namespace mofa::app::client
