// The reply: where the answer to one call goes, in the binding and version that the call came by.
// Made by a binding, moved into the completions of the questions that the call asks; used once.
// Any thread; does not block.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "protocols/a2a/codec.hpp"
#include "protocols/a2a/fault.hpp"
#include "protocols/http/message.hpp"

namespace mofa::a2a {

enum class binding { json_rpc, rest };

/// How one call wants to be answered.
struct reply_form {
  binding by = binding::json_rpc;
  version as = version::v1_0;
  std::string id = "null";  ///< of a JSON-RPC call, as JSON text
  error_profile profile = error_profile::v1_0_1;
  std::string media_type = "application/json";
  http::header_list headers;  ///< of every answer but a refusal
  int success = 200;          ///< status of a REST answer with a body
  bool error_as_event =
      false;  ///< a stream was asked for by a client that reads errors out of streams only (JSON-RPC of 0.3)
};

/// The text around each piece of a stream.
struct frame_form {
  std::string head;       ///< before the piece
  std::string tail;       ///< behind it
  bool numbered = false;  ///< pieces of durable events have the event's number as their id
  reply_form form;        ///< of the call, for what goes wrong in mid-stream
};

/// The whole answer of a call that failed.
http::response refusal_of(const fault& why, const reply_form& form);

class reply {
 public:
  reply(reply_form form, http::responder to) : form_(std::move(form)), to_(std::move(to)) {}

  /// The beginning of the body: the result is appended to it as JSON text, and both go to send().
  std::string begin() const;
  void send(std::string text);
  /// Success without a result.
  void nothing();
  void fail(const fault& why);
  void fail(const error& why) { fail(fault_of(why)); }

  frame_form frames() const;
  /// `encoder` writes frames of that form.
  void stream(http::event_stream what);
  /// Leaves an http::long_wait: both are asked with a reply of the same form.
  void wait(callback<void(reply)> begin, callback<void(reply)> cut_short);
  /// A stream of one piece and no more.
  void stream_of_one(std::string text);

  version as() const { return form_.as; }

 private:
  http::response made(int status, std::string body) const;

  reply_form form_;
  http::responder to_;
};

}  // namespace mofa::a2a
