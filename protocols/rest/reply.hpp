// Reply: where the answer to one request goes, with what an error's problem document needs to know of the request.
// Made by a handler from the request, moved into the completion of the question that it asks; used once.
// Any thread; does not block.
#pragma once

#include <string>
#include <utility>

#include "protocols/http/message.hpp"

namespace mofa::rest {

class reply {
 public:
  reply(const http::request& from, http::responder to) : reply(from.path, from.request_id, std::move(to)) {}

  void json(int status, std::string body, http::header_list headers = {}) {
    send({.status = status,
          .headers = std::move(headers),
          .body = std::move(body),
          .content_type = "application/json",
          .stream = {}});
  }
  /// 204.
  void nothing() { send({.status = 204, .headers = {}, .body = {}, .content_type = {}, .stream = {}}); }
  /// The error as application/problem+json.
  void fail(const error& why);
  /// The feed of the task after number `after`.
  void stream(core::task_service& tasks, core::caller who, task_id which, std::uint64_t after,
              http::header_list headers = {});
  /// Leaves an http::long_wait: both are asked with a reply like this one.
  void wait(callback<void(reply)> begin, callback<void(reply)> cut_short);

 private:
  reply(std::string instance, std::string request_id, http::responder to)
      : instance_(std::move(instance)), request_id_(std::move(request_id)), to_(std::move(to)) {}
  void send(http::response what) { to_(std::move(what)); }

  std::string instance_;
  std::string request_id_;
  http::responder to_;
};

}  // namespace mofa::rest
