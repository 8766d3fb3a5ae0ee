// The conversation: what one WebSocket client asks of the ports of tasks and topics, and what comes back, frame by frame.
// Made by the route for each connection, owned by the session that drives it.
// Lives on the session's thread; answers and events come into its outbox from any.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "protocols/core/caller.hpp"
#include "protocols/core/ports/topic_service.hpp"
#include "protocols/http/dialogue.hpp"
#include "protocols/websocket/frame.hpp"
#include "protocols/websocket/outbox.hpp"

namespace mofa::websocket {

/// What one connection may hold.
struct bounds {
  std::size_t subscriptions = 256;
  std::size_t unanswered = 64;                 ///< frames whose answer is not there yet; no more are read then
  std::size_t credit = 32;                     ///< events of one subscription on their way
  std::size_t outbox_bytes = 8 * 1024 * 1024;  ///< and one item more
};

class conversation final : public http::dialogue {
 public:
  /// Both ports must outlive it.
  conversation(core::task_service& tasks, core::topic_service& topics, core::caller who, std::string request_id,
               std::function<void()> ring, bounds within = {});
  /// Ends it: what waits in the outbox and whoever put it there would keep each other.
  ~conversation() override { end(); }
  conversation(const conversation&) = delete;
  conversation& operator=(const conversation&) = delete;

  void hear(std::string_view text) override;
  bool listens() const override;
  std::optional<std::string> say() override;
  bool overrun() const override { return outbox_->overrun(); }
  std::size_t frames_dropped() override { return outbox_->frames_dropped(); }
  void end() override;

 private:
  void ask(std::string id, submit_order what);
  void ask(std::string id, message_order what);
  void ask(std::string id, cancel_order what);
  void ask(std::string id, const subscribe_order& what);
  void ask(std::string id, const unsubscribe_order& what);
  void ask(std::string id, ping_order);
  void follow_task(std::string id, const subscribe_order& what);
  void follow_topic(std::string id, const subscribe_order& what);

  std::optional<std::string> text_of(answered what);
  std::optional<std::string> text_of(opened what);
  std::optional<std::string> text_of(const happened& what);
  std::optional<std::string> text_of(const shown& what);
  std::optional<std::string> text_of(const published& what);
  std::optional<std::string> text_of(const ended& what);

  void answer(std::string text);
  void refuse(std::string_view id, const error& why);
  void forget(const subscriber& who);

  core::task_service& tasks_;
  core::topic_service& topics_;
  core::caller who_;
  std::string request_id_;
  bounds within_;
  std::shared_ptr<outbox> outbox_;
  std::map<source, subscriber_ptr> subscribers_;
};

}  // namespace mofa::websocket
