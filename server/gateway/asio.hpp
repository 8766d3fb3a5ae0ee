// The names of Asio that the room uses, with the executor spelled out: a type-erased one costs an allocation at each step.
// Included by the room's own files only.
// One io_context is one thread here.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/wait_traits.hpp>
#include <chrono>

namespace mofa::gateway {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

using executor = asio::io_context::executor_type;
template <class T>
using awaitable = asio::awaitable<T, executor>;
using socket = asio::basic_stream_socket<tcp, executor>;
using acceptor = asio::basic_socket_acceptor<tcp, executor>;
using steady = std::chrono::steady_clock;
using timer = asio::basic_waitable_timer<steady, asio::wait_traits<steady>, executor>;

inline constexpr asio::use_awaitable_t<executor> use_awaitable{};
/// co_await gives (error_code, …) instead of throwing.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> as_tuple{use_awaitable};

}  // namespace mofa::gateway
