#include "tests/bench/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/support.hpp"

namespace mofa::bench {

socket_list::~socket_list() {
  for (const int each : all_) ::close(each);
}

listener::listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  if (socket_ < 0 || bind(socket_, reinterpret_cast<const sockaddr*>(&name), size) != 0 || listen(socket_, 4096) != 0 ||
      getsockname(socket_, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    throw unmeasurable{"the bench cannot listen"};
  port_ = ntohs(name.sin_port);
}

listener::~listener() { ::close(socket_); }

int listener::accept() const {
  const int peer = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
  const int on = 1;
  if (peer >= 0) setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return peer;
}

socket_list listener::accept(int count) const {
  socket_list out;
  for (int i = 0; i < count; ++i) {
    const int peer = accept();
    if (peer < 0) throw unmeasurable{"a connection was not accepted"};
    out.add(peer);
  }
  return out;
}

void listener::close() const { shutdown(socket_, SHUT_RDWR); }

bool write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace mofa::bench
