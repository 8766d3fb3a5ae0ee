// The baseline of /livez: a plain Beast server with coroutines, timeouts and one io_context per thread, that answers "ok" to
// all. Started by the bench next to the server, under the same load. One thread for each io_context: the number is the
// second argument.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace beast_http = beast::http;
using tcp = asio::ip::tcp;
using stream = beast::tcp_stream;

namespace {

constexpr std::chrono::seconds timeout{30};

asio::awaitable<void> serve(stream peer) {
  beast::flat_buffer buffer;
  try {
    peer.socket().set_option(tcp::no_delay{true});
    while (true) {
      peer.expires_after(timeout);
      beast_http::request<beast_http::string_body> ask;
      co_await beast_http::async_read(peer, buffer, ask, asio::use_awaitable);
      beast_http::response<beast_http::string_body> answer{beast_http::status::ok, ask.version()};
      answer.set(beast_http::field::server, "hello");
      answer.set(beast_http::field::content_type, "text/plain");
      answer.keep_alive(ask.keep_alive());
      answer.body() = "ok";
      answer.prepare_payload();
      const bool last = answer.need_eof();
      peer.expires_after(timeout);
      co_await beast_http::async_write(peer, answer, asio::use_awaitable);
      if (last) break;
    }
  } catch (const boost::system::system_error&) {
    // The peer is gone.
  }
}

asio::awaitable<void> accept(tcp::acceptor& listener, const std::vector<std::unique_ptr<asio::io_context>>& contexts) {
  for (std::size_t next = 0;; next = (next + 1) % contexts.size()) {
    auto& home = *contexts[next];
    auto peer = co_await listener.async_accept(home, asio::use_awaitable);
    asio::co_spawn(home, serve(stream{std::move(peer)}), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 8090);
  const int count = argc > 2 ? std::atoi(argv[2]) : 1;
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  for (int i = 0; i < count; ++i) contexts.push_back(std::make_unique<asio::io_context>(1));
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> work;
  for (const auto& each : contexts) work.emplace_back(each->get_executor());
  tcp::acceptor listener{*contexts.front(), {asio::ip::make_address("127.0.0.1"), port}};
  std::printf("listening on %u\n", static_cast<unsigned>(listener.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(*contexts.front(), accept(listener, contexts), asio::detached);
  std::vector<std::thread> threads;
  for (const auto& each : contexts) threads.emplace_back([&io = *each] { io.run(); });
  for (auto& each : threads) each.join();
}
