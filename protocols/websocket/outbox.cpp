#include "protocols/websocket/outbox.hpp"

namespace mofa::websocket {
namespace {

// What an item holds besides its text.
constexpr std::size_t item_bytes = 128;

struct size_of {
  std::size_t operator()(const answered& one) const { return one.text.size() + item_bytes; }
  std::size_t operator()(const opened&) const { return item_bytes; }
  std::size_t operator()(const happened& one) const { return one.what->data.size() + item_bytes; }
  std::size_t operator()(const shown& one) const { return one.what.data.size() + item_bytes; }
  std::size_t operator()(const published& one) const { return one.what->data.size() + item_bytes; }
  std::size_t operator()(const ended&) const { return item_bytes; }
};

}  // namespace

void outbox::put(item what) {
  if (std::holds_alternative<answered>(what) || std::holds_alternative<opened>(what)) --unanswered_;
  {
    const std::lock_guard lock{guard_};
    // Returning drops the item behind the lock: an opened one unsubscribes then.
    if (closed_) return;
    if (bytes_ > room_bytes_) overrun_ = true;
    if (!overrun_) {
      bytes_ += std::visit(size_of{}, what);
      items_.push_back(std::move(what));
      if (items_.size() > 1) return;
    }
  }
  ring_();
}

std::optional<outbox::item> outbox::take() {
  const std::lock_guard lock{guard_};
  if (items_.empty()) return std::nullopt;
  auto out = std::move(items_.front());
  items_.pop_front();
  bytes_ -= std::visit(size_of{}, out);
  return out;
}

bool outbox::crowded() const {
  const std::lock_guard lock{guard_};
  return bytes_ > room_bytes_ / 2;
}

void outbox::close() {
  std::deque<item> dropped;
  const std::lock_guard lock{guard_};
  closed_ = true;
  bytes_ = 0;
  std::swap(dropped, items_);
}

}  // namespace mofa::websocket
