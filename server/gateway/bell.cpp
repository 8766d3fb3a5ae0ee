#include "server/gateway/bell.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace mofa::gateway {

template <class F>
void mailbox::post(F&& function) {
  const std::lock_guard lock{guard_};
  if (io_ != nullptr) asio::post(*io_, std::forward<F>(function));
}

void mailbox::close() {
  const std::lock_guard lock{guard_};
  io_ = nullptr;
}

void bell::ring() {
  home_->post([self = shared_from_this()] {
    if (auto sleeper = std::exchange(self->sleeper_, {})) sleeper();
  });
}

awaitable<void> bell::sleep() {
  return asio::async_initiate<const asio::use_awaitable_t<executor>&, void()>(
      [this](auto handler) { sleeper_ = std::move(handler); }, use_awaitable);
}

}  // namespace mofa::gateway
