#include "server/gateway/gateway.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <future>

#include "server/gateway/origin.hpp"
#include "server/gateway/shared.hpp"
#include "server/gateway/worker.hpp"

namespace mofa::gateway {

namespace {

constexpr milliseconds accept_retry{50};
// What is kept of the grace for the answers that end long waits.
constexpr milliseconds farewell_at_most{1'000};

std::string with_port(const tcp::endpoint& where, unsigned port) {
  const auto address = where.address().to_string();
  return (where.address().is_v6() ? "[" + address + "]:" : address + ":") + std::to_string(port);
}

error explain_bind(const tcp::endpoint& where, const error_code& why) {
  const unsigned port = where.port();
  const auto start = "listen " + with_port(where, port) + ": ";
  if (why == asio::error::address_in_use) {
    return fail(errc::io, start + "in use; use --listen " + with_port(where, port == 65535 ? port - 1 : port + 1));
  }
  if (why == asio::error::access_denied) {
    return fail(errc::io, start + "not allowed for uid " + std::to_string(::getuid()) + "; use a port above 1023");
  }
  if (why == boost::system::errc::address_not_available) return fail(errc::io, start + "this machine has no such address");
  return fail(errc::io, start + why.message());
}

result<void> check_keys(const options& settings, const rules& wanted) {
  if (!wanted.keys.empty() || is_loopback_address(settings.address)) return {};
  return fail(errc::invalid, "listen " + settings.address + ":" + std::to_string(settings.port) +
                                 ": an address other than loopback needs a key; add one to auth.keys (mofa keys new NAME)");
}

result<tcp::endpoint> endpoint_of(const options& settings) {
  auto text = settings.address == "localhost" ? std::string{"127.0.0.1"} : settings.address;
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  error_code why;
  const auto address = asio::ip::make_address(text, why);
  if (why)
    return fail(errc::invalid, "listen " + settings.address + ":" + std::to_string(settings.port) + ": not an IP address");
  if (auto checked = check_keys(settings, settings); !checked) return std::move(checked).error();
  return tcp::endpoint{address, settings.port};
}

result<acceptor> bind(asio::io_context& io, const tcp::endpoint& where) {
  acceptor out{io.get_executor()};
  error_code why;
  out.open(where.protocol(), why);
  if (!why) out.set_option(asio::socket_base::reuse_address{true}, why);
  if (!why) out.bind(where, why);
  if (!why) out.listen(asio::socket_base::max_listen_connections, why);
  if (why) return explain_bind(where, why);
  return out;
}

// Best effort: the peer may be told in vain, but nobody waits for it.
void turn_away(socket peer) {
  constexpr std::string_view answer =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  error_code ignored;
  peer.non_blocking(true, ignored);
  peer.write_some(asio::buffer(answer), ignored);
  peer.shutdown(socket::shutdown_send, ignored);
}

}  // namespace

struct gateway::parts {
  parts(options settings, router routes, probe& events, const clock& now)
      : common(std::move(settings), std::move(routes), events, now) {
    for (int i = 0; i < std::max(1, common.settings.threads); ++i) workers.push_back(std::make_unique<worker>(common));
  }

  awaitable<void> accept();
  void close_listener();

  shared common;
  std::vector<std::unique_ptr<worker>> workers;
  std::optional<acceptor> listener;
  std::uint16_t port = 0;
  std::optional<timer> retry;
  std::promise<void> accept_ended;
  bool started = false;
  bool closing = false;  ///< the first worker's
  bool closed = false;   ///< the app's thread
};

// Sockets are handed round robin: each is made on the io_context that it will live on.
awaitable<void> gateway::parts::accept() {
  std::size_t next = 0;
  while (!closing) {
    auto& home = *workers[next];
    socket peer{home.io().get_executor()};
    const auto [why] = co_await listener->async_accept(peer, as_tuple);
    if (why) {
      if (closing) break;
      common.events.failure("accept: " + why.message());
      // Out of descriptors, most likely: some will be free again soon.
      retry->expires_after(accept_retry);
      co_await retry->async_wait(as_tuple);
      continue;
    }
    if (!common.enter()) {
      common.events.connection_refused();
      turn_away(std::move(peer));
      continue;
    }
    home.adopt(std::move(peer));
    next = (next + 1) % workers.size();
  }
  accept_ended.set_value();
}

void gateway::parts::close_listener() {
  if (!started || closed) return;
  closed = true;
  asio::post(workers.front()->io(), [this] {
    closing = true;
    error_code ignored;
    listener->close(ignored);
    retry->cancel();
  });
  accept_ended.get_future().wait();
}

gateway::gateway(std::unique_ptr<parts> inside) : parts_(std::move(inside)) {}

gateway::~gateway() { stop(); }

result<std::unique_ptr<gateway>> gateway::listen(options settings, http::route_table routes, probe& events,
                                                 const clock& now) {
  const auto where = endpoint_of(settings);
  if (!where) return where.error();
  auto table = router::make(std::move(routes));
  if (!table) return std::move(table).error();
  try {
    auto inside = std::make_unique<parts>(std::move(settings), *std::move(table), events, now);
    auto& io = inside->workers.front()->io();
    auto bound = bind(io, *where);
    if (!bound) return std::move(bound).error();
    inside->listener = *std::move(bound);
    inside->port = inside->listener->local_endpoint().port();
    inside->retry.emplace(io.get_executor());
    events.routes_known(inside->common.routes.patterns());
    return std::unique_ptr<gateway>{new gateway{std::move(inside)}};
  } catch (const std::exception& why) {
    // An io_context needs descriptors of its own.
    return fail(errc::io, std::string{"listen: "} + why.what());
  }
}

void gateway::start() {
  if (std::exchange(parts_->started, true)) return;
  asio::co_spawn(parts_->workers.front()->io(), parts_->accept(), asio::detached);
  for (const auto& each : parts_->workers) each->start();
}

bool gateway::drain(milliseconds grace) {
  parts_->common.draining = true;
  parts_->close_listener();
  for (const auto& each : parts_->workers) each->drain();
  const auto farewell = std::min(grace / 2, farewell_at_most);
  if (parts_->common.wait_until_empty(grace - farewell)) return true;
  parts_->common.ending = true;
  for (const auto& each : parts_->workers) each->drain();
  return parts_->common.wait_until_empty(farewell);
}

void gateway::stop() {
  parts_->close_listener();
  for (const auto& each : parts_->workers) each->stop();
}

result<void> gateway::may_follow(const rules& next) const { return check_keys(parts_->common.settings, next); }

result<void> gateway::follow(rules next) {
  if (auto checked = may_follow(next); !checked) return checked;
  parts_->common.follow(std::move(next));
  return {};
}

std::uint16_t gateway::port() const { return parts_->port; }

}  // namespace mofa::gateway
