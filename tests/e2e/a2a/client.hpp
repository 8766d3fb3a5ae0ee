// A client of one agent that speaks A2A in one of the four ways, with or without a key: operations in, answers in the shapes
// of 1.0 out. What a test wants to be wrong it sends itself.
// Owned by the test; one connection of its own, and one for each stream.
// One thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/a2a/spoken.hpp"

namespace mofa::test::a2a {

/// The extension of event numbers as ids.
inline constexpr auto* event_ids = "https://mofa.dev/a2a/extensions/event-ids/v1";

/// One item of a stream, of 1.0's shape.
struct item {
  std::string id;    ///< of the event of the stream; empty when it has none
  std::string name;  ///< "task", "message", "statusUpdate" or "artifactUpdate"
  json value;        ///< what it holds

  /// "TASK_STATE_WORKING" of a task or a status update; else empty.
  std::string state() const;
  /// Of the status' message, of the artifact, or of the message: the first text; else empty.
  std::string text() const;
};

/// A stream of items. A case fails when an event is not of the form of its way.
class item_stream {
 public:
  item_stream(way how, json request_id, std::unique_ptr<event_stream> events)
      : way_(how), request_id_(std::move(request_id)), events_(std::move(events)) {}

  int status() const { return events_->status(); }
  const http_answer& answer() const { return events_->answer(); }
  /// The next one; nothing at the end, at an error, or when nothing came within the time.
  std::optional<item> next(milliseconds within = patience);
  /// All up to and with the first of that state; fails when there is none.
  std::vector<item> until(const std::string& state);
  std::vector<item> rest();
  bool complete() const { return events_->complete(); }
  int comments() const { return events_->comments(); }

 private:
  way way_;
  json request_id_;
  std::unique_ptr<event_stream> events_;
};

/// A message of a user with one text, and an id that no other has.
json say(const std::string& text);
/// The same with these parts.
json say_parts(json parts);

/// The state and the first text of the status of a task of 1.0's shape.
std::string state_of(const json& task);
std::string status_text(const json& task);

class client {
 public:
  /// `agent`: empty speaks to the origin.
  client(std::uint16_t port, std::string agent, way how, std::string key = {});

  way how() const { return way_; }
  std::string base() const { return base_; }
  http_client& connection() { return http_; }
  /// Headers that each request has besides its own.
  header_pairs extra;

  /// Its result is {"task": …} or {"message": …}.
  answer send(const json& message, const json& configuration = json::object(), const json& more = json::object());
  answer get(const std::string& task, std::optional<int> history = std::nullopt);
  answer cancel(const std::string& task);
  /// Of 1.0; `query`: its members as JSON.
  answer list(const json& query = json::object());
  answer push_set(const std::string& task, const json& config);
  answer push_get(const std::string& task, const std::string& id);
  /// Its result is {"configs": […]}.
  answer push_list(const std::string& task);
  answer push_delete(const std::string& task, const std::string& id);
  answer extended_card();

  item_stream stream(const json& message, const json& configuration = json::object());
  /// `last_event_id`: with the extension that makes it count.
  item_stream subscribe(const std::string& task, const std::string& last_event_id = {});
  /// What is refused before the first event: the plain answer.
  answer stream_refused(const json& message, const json& configuration = json::object());
  answer subscribe_refused(const std::string& task);

  /// The whole request of a send, for who does not wait for what comes of it.
  std::string text_of_send(const json& message) const;

  /// Sends until it has settled, and demands that.
  json task(const json& message, const json& configuration = json::object());
  /// The same for a text.
  json settle(const std::string& text) { return task(say(text)); }
  /// The task as GetTask shows it, as soon as it has that state.
  json until_state(const std::string& task, const std::string& state);

  /// JSON-RPC: the parameters of that method, as they are.
  answer call(const std::string& method, const json& params);
  /// REST: below the base; `path` begins with a slash.
  answer rest(const std::string& method, const std::string& path, const std::string& body = {});
  header_pairs headers() const;

 private:
  std::string prefix() const { return base_ + (way_ == way::v03_rest ? "/v1" : ""); }
  json body_of_send(const json& message, const json& configuration, const json& more) const;
  item_stream open(const std::string& method, const json& params, const std::string& path, const std::string& body,
                   header_pairs headers);

  std::uint16_t port_;
  std::string base_;
  way way_;
  std::string key_;
  http_client http_;
};

}  // namespace mofa::test::a2a
