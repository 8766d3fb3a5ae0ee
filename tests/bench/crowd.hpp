// A crowd: many connections that listen at the same time, and when the first and the last of them heard something.
// Owned by a measurement; its connections end with it.
// One thread, one epoll for all.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/support.hpp"

namespace mofa::bench {

class crowd {
 public:
  crowd(std::uint16_t port, int connections);
  ~crowd();
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  /// Each of them says that.
  void tell(const std::string& bytes);
  /// Until each has heard `last`; from the moment when the first of them had heard `first`. What was heard before the call
  /// is forgotten.
  seconds await(std::string_view first, std::string_view last);
  /// Until each has heard all of these; for each of them, from the first who heard it to the last.
  std::vector<seconds> await_each(const std::vector<std::string_view>& marks);

 private:
  struct listening {
    int socket = -1;
    std::string heard;
    std::vector<bool> marks;  ///< which of those that are awaited it has heard
    bool done = false;
  };
  /// Reads until each is done; `look` is called with one who has heard more, and when.
  void listen(const std::function<void(listening&, steady::time_point)>& look);

  int epoll_ = -1;
  std::vector<listening> all_;
};

}  // namespace mofa::bench
