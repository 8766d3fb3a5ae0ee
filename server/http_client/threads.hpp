// How this room starts its threads: deaf to signals, which belong to the threads of the app.
// Used by the loop and the lookups.
// Called on any thread.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

namespace mofa::http_client {

/// Throws std::system_error when there is no thread to be had.
template <class F>
std::thread start_quiet_thread(F&& body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  struct restore {
    const sigset_t& mask;
    ~restore() { pthread_sigmask(SIG_SETMASK, &mask, nullptr); }
  } const at_end{before};
  return std::thread{std::forward<F>(body)};
}

}  // namespace mofa::http_client
