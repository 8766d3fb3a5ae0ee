// A live subscription: the handle that a subscriber of a feed or of topics holds.
// Owned by the subscriber; its end unsubscribes.
// Any thread.
#pragma once

#include <caf/send.hpp>

#include <memory>

#include "actors/system/messages.hpp"
#include "protocols/core/ports/event_sink.hpp"

namespace mofa::service {

/// `Publisher`: the handle of an actor that takes grant_request and unsubscribe_request.
template <class Publisher>
class live_subscription final : public core::subscription {
 public:
  /// `wanted`: the mark that the request carries weakly.
  live_subscription(Publisher to, std::uint64_t key, std::shared_ptr<const void> wanted)
      : to_(std::move(to)), key_(key), wanted_(std::move(wanted)) {}
  // First the mark, then the word: a request that is still on its way finds the mark, one that has come gets the word.
  ~live_subscription() override {
    wanted_.reset();
    caf::anon_send(to_, actors::unsubscribe_request{key_});
  }
  void grant(std::size_t count) override { caf::anon_send(to_, actors::grant_request{key_, count}); }

 private:
  Publisher to_;
  std::uint64_t key_;
  std::shared_ptr<const void> wanted_;
};

}  // namespace mofa::service
