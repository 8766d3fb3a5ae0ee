// Samples: one task with everything that both forms of 0.3 have to write, and what the tests of both ask of their codec.
// Used by the tests of the two codecs.
// Plain values; any thread.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "protocols/a2a/codec.hpp"

namespace mofa::a2a::testing {

inline const std::string sample_id = "0190163d-8694-739b-aea5-966c26f8ad91";
inline const task_names sample_names{sample_id, "c-1"};

// 2026-01-31T09:00:00.123Z
inline const time_point sample_time{milliseconds{1'769'850'000'123}};

inline core::part sample_part(core::part::type kind, std::string text, std::string media_type = {},
                              std::string filename = {}) {
  core::part out;
  out.kind = kind;
  out.text = std::move(text);
  out.media_type = std::move(media_type);
  out.filename = std::move(filename);
  return out;
}

inline core::part sample_data(json value, json metadata = nullptr) {
  core::part out;
  out.kind = core::part::type::data;
  out.data = std::move(value);
  out.metadata = std::move(metadata);
  return out;
}

inline core::task sample_task(core::task_state state = core::task_state::completed) {
  core::task out;
  out.row.id = *task_id::parse(sample_id);
  out.row.context_id = "c-1";
  out.row.status = {state, {}, std::nullopt, sample_time};
  out.history = {core::text_message(core::role::user, "m-1", "hello"), core::text_message(core::role::agent, "m-2", "hi")};
  core::artifact made;
  made.artifact_id = "a-1";
  made.name = "forecast";
  made.parts = {sample_part(core::part::type::text, "sunny", "text/markdown")};
  out.artifacts = {made};
  return out;
}

/// Every kind of part, and everything that a message may have.
inline core::message sample_message() {
  using type = core::part::type;
  core::message out;
  out.message_id = "m-9";
  out.role = core::role::agent;
  out.parts = {sample_part(type::text, "hi"), sample_part(type::raw, "aGk=", "image/png", "a.png"),
               sample_part(type::url, "https://example.org/b"), sample_data({{"deep", {1, 2}}}, {{"k", "v"}}),
               sample_data(42)};
  out.metadata = {{"lang", "en"}};
  out.extensions = {"https://example.org/ext/v1"};
  out.reference_task_ids = {"t-0"};
  return out;
}

inline core::push_config sample_push() {
  core::push_config out;
  out.id = "p-1";
  out.task = *task_id::parse(sample_id);
  out.url = "https://example.org/hook";
  out.token = "t0k";
  out.scheme = "Bearer";
  out.credentials = "secret";
  return out;
}

/// Where a question is wrong, one place a line.
template <class T>
std::string places(const result<T>& read) {
  std::string out;
  if (read) return out;
  for (const auto& each : read.error().fields) out += each.path + '\n';
  return out;
}

/// One of the two codecs, and how it calls things in messages.
struct sample_form {
  const codec& words;
  json head;          ///< of a message that a user sends: all but its parts
  const char* parts;  ///< the member that has them

  /// What a send of one message of these parts asks.
  json sending(json all) const {
    auto message = head;
    message[parts] = std::move(all);
    return {{"message", std::move(message)}};
  }
  /// The part of a send that has no other.
  core::part read(const json& part) const {
    const auto got = words.read_send(sending(json::array({part})));
    REQUIRE(got);
    REQUIRE(got->message.parts.size() == 1);
    return got->message.parts.front();
  }
  json written(const core::part& what) const {
    core::message message;
    message.parts = {what};
    std::string out;
    words.append_sent_message(out, message, {});
    const auto sent = json::parse(out);
    return sent.value("message", sent)[parts][0];
  }
  std::string task_text(const core::task& what, const shown& how = {}) const {
    std::string out;
    words.append_task(out, what, how);
    return out;
  }
  json task(const core::task& what, const shown& how = {}) const { return json::parse(task_text(what, how)); }
  /// That part goes in as it comes out.
  void check_kept(const json& part) const { CHECK(written(read(part)) == part); }
};

}  // namespace mofa::a2a::testing
