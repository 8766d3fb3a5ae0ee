// What is measured how often, and with what: the full run, or the quick one that only proves that the bench works.
// Made by main from its arguments; read by each measurement.
// A plain value.
#pragma once

#include <string>

#include "tests/bench/support.hpp"

namespace mofa::bench {

struct plan {
  std::string server;         ///< the binary under test
  std::string hello;          ///< the Beast server to compare it with
  std::string configuration;  ///< of the server
  std::string folder;         ///< where the data goes; on the same disk as the binary

  int runs = 5;
  seconds span{3};  ///< of one run under load
  int connections = 64;
  int syncs = 200;           ///< fdatasync in one run
  int streams = 200;         ///< in one run
  int crashes = 500;         ///< in one run
  int idle_tasks = 100'000;  ///< in a pause
  int open_tasks = 10'000;   ///< at the kill
  int subscribers = 1'000;   ///< of one task
  int words = 1'000;         ///< of one streamed answer
  int agents = 100;          ///< that live at the same time
  int contexts = 100;        ///< of each of them
  std::string waiting_agent = "wait";
  seconds wait{20};  ///< the pause of that agent

  static plan quick() {
    plan out;
    out.runs = 1;
    out.span = seconds{1};
    out.syncs = 20;
    out.streams = 20;
    out.crashes = 20;
    out.idle_tasks = 5'000;
    out.open_tasks = 200;
    out.subscribers = 100;
    out.words = 200;
    out.agents = out.contexts = 10;
    out.waiting_agent = "wait_short";
    out.wait = seconds{4};
    return out;
  }
};

/// A folder below the plan's with that name, as a path; not made.
inline std::string data_of(const plan& how, const std::string& name) { return how.folder + "/" + name; }

}  // namespace mofa::bench
