#include "server/gateway/exchange.hpp"

namespace mofa::gateway {

namespace {

class ticket {
 public:
  explicit ticket(std::shared_ptr<exchange> to) : to_(std::move(to)) {}
  ticket(ticket&&) noexcept = default;
  ticket& operator=(ticket&&) = delete;
  ~ticket() {
    if (to_) to_->drop();
  }

  // A second call finds the ticket used and is dropped.
  void operator()(http::response what) {
    if (const auto to = std::exchange(to_, nullptr)) to->answer(std::move(what));
  }

 private:
  std::shared_ptr<exchange> to_;
};

}  // namespace

void exchange::answer(http::response what) {
  answer_ = std::move(what);
  settle();
}

void exchange::drop() { settle(); }

void exchange::settle() {
  if (state_.exchange(state::settled, std::memory_order_acq_rel) == state::awaited) session_->ring();
}

bool exchange::settled() {
  auto before = state::open;
  if (state_.compare_exchange_strong(before, state::awaited, std::memory_order_acq_rel)) return false;
  return before == state::settled;
}

http::responder responder_for(std::shared_ptr<exchange> to) { return ticket{std::move(to)}; }

}  // namespace mofa::gateway
