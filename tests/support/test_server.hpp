// The server under test: the real program with its test tools, on a free port, with a data folder that outlives its lives.
// Owned by the test; scratch folder and process end with it.
// One thread at a time; port() may be read from any while it runs.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"

namespace mofa::test {

/// A folder that is empty at first and gone at the end.
class scratch_folder {
 public:
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct server_plan {
  /// Folders below the repository's root whose definitions are served.
  std::vector<std::string> definitions{"config/agents", "tests/e2e/agents/conversation"};
  std::string settings{};  ///< further lines of the configuration file
};

class test_server {
 public:
  explicit test_server(server_plan plan = {});

  /// Starts a life and awaits its readiness. `environment`: MOFA_KILL, MOFA_CRASH. False when it ends before.
  bool start(const std::map<std::string, std::string>& environment = {});
  /// SIGKILL, and its end awaited.
  void kill();
  /// SIGTERM; the end of the process, within the test's patience.
  std::optional<process_end> terminate();

  std::uint16_t port() const { return port_; }
  process& life() { return *life_; }
  /// What all lives wrote to stderr.
  std::string errors() const { return file_text(folder_.path() / "stderr"); }
  /// Effect ids in the order in which the counting tools were called.
  std::vector<std::string> counted() const;
  const std::filesystem::path& folder() const { return folder_.path(); }

  /// What it is started with.
  process_plan plan() const;

 private:
  scratch_folder folder_;
  std::unique_ptr<process> life_;
  std::uint16_t port_ = 0;
};

/// Path of the server with the test tools, and of the shipped one.
std::string testd_program();
std::string shipped_program();
/// The repository's root.
std::filesystem::path source_folder();

using json = nlohmann::json;

/// The body as JSON; a discarded value when it is not.
json body_of(const http_answer& from);
/// {"message": text} and further members.
std::string message_body(const std::string& text, json more = json::object());

}  // namespace mofa::test
