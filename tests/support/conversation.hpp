// The API as a client speaks it: submit, answer, read, wait for the end. What a test did not expect throws.
// Owned by the test; speaks to one server over one keep-alive connection.
// One thread at a time.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/http_client.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {

/// A call that should have succeeded did not; says which, and with what answer.
struct unexpected_answer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class conversation {
 public:
  explicit conversation(std::uint16_t port) : port_(port), client_(port) {}

  http_client& client() { return client_; }
  std::uint16_t port() const { return port_; }

  /// The answer; throws when the connection breaks or nothing comes.
  http_answer get(const std::string& path, const header_pairs& headers = {});
  http_answer post(const std::string& path, const std::string& body = {}, const header_pairs& headers = {});
  http_answer remove(const std::string& path);

  /// The body of a GET that must answer 200.
  json read(const std::string& path);
  /// A new task; `more`: further members of the body. Must answer 202.
  json submit(const std::string& agent, const std::string& text, const json& more = json::object());
  /// The same with `Prefer: wait`: must answer 200, a task that is settled.
  json ask(const std::string& agent, const std::string& text, const json& more = json::object());
  /// A further message to a task; must answer 202.
  json tell(const std::string& task, const std::string& text);
  /// Reads the task's stream to its end; the task afterwards, which has ended.
  json ended(const std::string& task);
  /// Follows the task's events until its status is `state`, also when that was long ago.
  void until_state(const std::string& task, const std::string& state);
  /// All events, as the stream gives them after that number; must end in order.
  std::vector<stream_event> events(const std::string& task, std::uint64_t after = 0);
  /// Reads `path` again and again until `accepts` likes what it answers; false when that takes too long.
  template <class Accepts>
  bool eventually(const std::string& path, Accepts accepts) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline)
      if (accepts(get(path))) return true;
    return false;
  }

 private:
  std::uint16_t port_;
  http_client client_;
};

/// Of a task: "completed", and the text of its status' message.
std::string state_of(const json& task);
std::string text_of(const json& task);
std::string id_of(const json& task);
/// The value of a counter or gauge of /metrics whose line begins with `line`; 0 when there is none.
double metric(conversation& with, const std::string& line);

}  // namespace mofa::test
