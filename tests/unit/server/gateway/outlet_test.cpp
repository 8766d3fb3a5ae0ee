#include "server/gateway/outlet.hpp"

#include <doctest/doctest.h>

#include "server/gateway/admission.hpp"
#include "server/gateway/exchange.hpp"

using namespace mofa;

namespace {

struct loop {
  gateway::asio::io_context io;
  std::shared_ptr<gateway::mailbox> home = std::make_shared<gateway::mailbox>(io);
  std::shared_ptr<gateway::bell> bell = std::make_shared<gateway::bell>(home);

  /// How many wake-ups were on their way.
  std::size_t rings() {
    io.restart();
    return io.poll();
  }
};

core::event_ptr event(std::uint64_t seq) {
  auto out = std::make_shared<core::event>();
  out->seq = seq;
  return out;
}

struct watched final : core::subscription {
  explicit watched(bool& ended_) : ended(ended_) {}
  ~watched() override { ended = true; }
  void grant(std::size_t) override {}
  bool& ended;
};

}  // namespace

TEST_CASE("an outlet keeps what came in order and rings once until it is emptied") {
  loop at;
  const auto outlet = std::make_shared<gateway::outlet>(at.bell, 8);
  outlet->on_event(event(1));
  outlet->on_frame({"delta", "{}"});
  outlet->on_event(event(2));
  outlet->on_end();
  CHECK(at.rings() == 1);
  const auto batch = outlet->take();
  REQUIRE(batch.items.size() == 3);
  CHECK(std::get<core::event_ptr>(batch.items[0])->seq == 1);
  CHECK(std::get<core::live_frame>(batch.items[1]).kind == "delta");
  CHECK(std::get<core::event_ptr>(batch.items[2])->seq == 2);
  CHECK(batch.ended);
  outlet->on_event(event(3));
  CHECK(at.rings() == 1);
}

TEST_CASE("live frames beyond the room of an outlet are dropped and counted") {
  loop at;
  const auto outlet = std::make_shared<gateway::outlet>(at.bell, 2);
  for (int i = 0; i < 5; ++i) outlet->on_frame({"delta", "{}"});
  outlet->on_event(event(1));
  auto batch = outlet->take();
  CHECK(batch.items.size() == 3);
  CHECK(batch.frames_dropped == 3);
  outlet->on_frame({"delta", "{}"});
  batch = outlet->take();
  CHECK(batch.items.size() == 1);
  CHECK(batch.frames_dropped == 0);
}

TEST_CASE("a closed outlet takes nothing, and ends a subscription that comes late") {
  loop at;
  const auto outlet = std::make_shared<gateway::outlet>(at.bell, 2);
  auto opened = gateway::completion_for(outlet);
  outlet->on_event(event(1));
  outlet->close();
  outlet->on_event(event(2));
  CHECK(outlet->take().items.empty());
  bool ended = false;
  opened(core::subscription_ptr{std::make_unique<watched>(ended)});
  CHECK(ended);
  CHECK_FALSE(outlet->take_opened());
}

TEST_CASE("a subscription that nobody answers has failed") {
  loop at;
  const auto outlet = std::make_shared<gateway::outlet>(at.bell, 2);
  { const auto dropped = gateway::completion_for(outlet); }
  const auto answer = outlet->take_opened();
  REQUIRE(answer);
  REQUIRE_FALSE(*answer);
  CHECK(answer->error().code == errc::internal);
}

TEST_CASE("an exchange that is answered before anybody waits rings no bell") {
  loop at;
  const auto exchange = std::make_shared<gateway::exchange>(at.bell);
  auto answer = gateway::responder_for(exchange);
  answer(http::response{201, {}, {}, {}, {}});
  CHECK(exchange->settled());
  CHECK(at.rings() == 0);
  CHECK(exchange->take()->status == 201);
}

TEST_CASE("an exchange that is waited for rings when it is answered, and takes the first answer only") {
  loop at;
  const auto exchange = std::make_shared<gateway::exchange>(at.bell);
  auto answer = gateway::responder_for(exchange);
  CHECK_FALSE(exchange->settled());
  CHECK_FALSE(exchange->settled());
  answer(http::response{201, {}, {}, {}, {}});
  answer(http::response{202, {}, {}, {}, {}});
  CHECK(at.rings() == 1);
  CHECK(exchange->settled());
  CHECK(exchange->take()->status == 201);
}

TEST_CASE("a dropped responder settles its exchange without an answer") {
  loop at;
  const auto exchange = std::make_shared<gateway::exchange>(at.bell);
  { const auto dropped = gateway::responder_for(exchange); }
  CHECK(exchange->settled());
  CHECK_FALSE(exchange->take());
}

TEST_CASE("a bell whose mailbox is closed reaches nobody") {
  loop at;
  at.home->close();
  at.bell->ring();
  CHECK(at.rings() == 0);
}

TEST_CASE("the gate lets in as many as it has slots, and again when one is left") {
  gateway::admission gate{2};
  auto first = gate.enter();
  auto second = gate.enter();
  CHECK(first);
  CHECK(second);
  CHECK_FALSE(gate.enter());
  first.leave();
  first.leave();
  auto third = gate.enter();
  CHECK(third);
  CHECK_FALSE(gate.enter());
  second = std::move(third);
  CHECK(gate.enter());
}
