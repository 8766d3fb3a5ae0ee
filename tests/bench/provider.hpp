// A model provider of the bench: streams numbered words as OpenAI's chat completions do, at its own pace.
// Owned by the measurement, which reads it directly and through the server.
// A thread of its own, one answer at a time; how it speaks is set from outside between two answers.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/listener.hpp"
#include "tests/bench/support.hpp"

namespace mofa::bench {

class provider {
 public:
  provider();
  /// Ends what it says.
  ~provider();
  provider(const provider&) = delete;
  provider& operator=(const provider&) = delete;

  std::uint16_t port() const { return door_.port(); }
  /// From now on so many words, each a chunk and a write of its own; no gap: one as soon as the one before is written.
  void speak(int words, seconds gap);
  /// When each word of the last answer was about to be written; known before the answer ends.
  std::vector<steady::time_point> said();

  /// The word of that number, as it stands in its delta: seven characters.
  static std::string word(int number);

 private:
  void serve();
  void answer(int socket);

  const listener door_;
  std::mutex guard_;
  int connection_ = -1;  ///< the one that is served
  bool stopped_ = false;
  int words_ = 1;
  seconds gap_{0};
  std::vector<steady::time_point> said_;
  std::thread thread_;
};

}  // namespace mofa::bench
