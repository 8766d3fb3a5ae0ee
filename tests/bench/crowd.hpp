// A crowd: many connections that listen at the same time, and when the first and the last of them heard something.
// Owned by a measurement; its connections end with it.
// One thread, one epoll for all.
#pragma once

#include <sys/types.h>

#include <cstdint>
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

 private:
  struct listening {
    int socket = -1;
    std::string heard;
    bool done = false;
  };

  int epoll_ = -1;
  std::vector<listening> all_;
};

}  // namespace mofa::bench
