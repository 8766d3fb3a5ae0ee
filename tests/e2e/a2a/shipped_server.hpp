// The program as it is shipped, with the agents of the cases, and how much memory it has.
// Made by a case for itself; ends with it.
// One thread at a time.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <string>

#include "tests/e2e/a2a/world.hpp"

namespace mofa::test::a2a {

inline constexpr std::size_t megabyte = 1024 * 1024;

/// Its allocator gives back what it does not need; that of the program with the test tools is the system's.
class shipped_server {
 public:
  shipped_server() {
    auto plan = made_.plan();
    plan.arguments.front() = shipped_program();
    life_ = std::make_unique<process>(plan);
    const auto greeting = life_->line(patience);
    constexpr std::string_view before = "http://127.0.0.1:";
    const auto place = greeting ? greeting->find(before) : std::string::npos;
    REQUIRE_MESSAGE(place != std::string::npos, made_.errors());
    port_ = static_cast<std::uint16_t>(std::stoi(greeting->substr(place + before.size())));
    (void)client(port_, "a2a_player", way::v1_rpc).settle("well");
    before_ = status_bytes("VmRSS:");
  }

  std::uint16_t port() const { return port_; }

  /// It works, and is at most 16 MB larger than it was at first. Freed pages go back after a while.
  void check_not_grown() const {
    CHECK(status_text(client(port_, "a2a_player", way::v1_rpc).settle("well")) == "well");
    const auto now = shrunk_to(before_ + 16 * megabyte);
    CHECK_MESSAGE(now <= before_ + 16 * megabyte, before_, " ", now);
  }

  /// How far its memory rises above that of now while something is done.
  template <class Done>
  std::size_t rise_during(Done done) const {
    // What the case before has left goes back first: it would hide what this one takes.
    (void)shrunk_to(before_ + 2 * megabyte);
    const auto now = status_bytes("VmRSS:");
    std::ofstream{proc("clear_refs")} << 5;  // sets VmHWM back (proc(5))
    done();
    const auto most = status_bytes("VmHWM:");
    return most > now ? most - now : 0;
  }

 private:
  std::string proc(const char* file) const { return "/proc/" + std::to_string(life_->pid()) + "/" + file; }

  // VmRSS: physical memory now; VmHWM: the most there was.
  std::size_t status_bytes(std::string_view line) const {
    std::ifstream status{proc("status")};
    for (std::string word; status >> word;) {
      std::size_t kibi = 0;
      if (word == line && status >> kibi) return kibi * 1024;
    }
    FAIL("no memory is shown");
    return 0;
  }

  // Physical memory, once it is so small, or else at the end of the patience.
  std::size_t shrunk_to(std::size_t bytes) const {
    const auto deadline = std::chrono::steady_clock::now() + patience / 4;
    auto now = status_bytes("VmRSS:");
    while (now > bytes && std::chrono::steady_clock::now() < deadline) {
      (void)http_client(port_).get("/livez");
      now = status_bytes("VmRSS:");
    }
    return now;
  }

  test_server made_{plan_of()};
  std::unique_ptr<process> life_;
  std::uint16_t port_ = 0;
  std::size_t before_ = 0;
};

}  // namespace mofa::test::a2a
