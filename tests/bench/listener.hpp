// A listening socket of the bench, for what it plays itself: a baseline that only writes, a provider of models.
// Owned by the measurement, or by what it plays.
// accept() on one thread at a time; close() on any.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace mofa::bench {

/// Sockets that are closed at the end.
class socket_list {
 public:
  socket_list() = default;
  ~socket_list();
  socket_list(socket_list&&) noexcept = default;
  socket_list& operator=(socket_list&&) = delete;

  void add(int socket) { all_.push_back(socket); }
  const std::vector<int>& sockets() const { return all_; }

 private:
  std::vector<int> all_;
};

/// A free port of the loopback.
class listener {
 public:
  listener();
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  std::uint16_t port() const { return port_; }
  /// The next one who has connected, without Nagle's delay; negative after close().
  int accept() const;
  /// So many of them.
  socket_list accept(int count) const;
  /// Ends accept().
  void close() const;

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
};

/// All of the bytes; false when the other side is gone.
bool write_all(int socket, std::string_view bytes);

}  // namespace mofa::bench
