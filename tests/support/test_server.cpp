#include "tests/support/test_server.hpp"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace mofa::test {

scratch_folder::scratch_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "mofa-e2e-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

test_server::test_server(server_plan plan) {
  std::ofstream file{folder_.path() / "mofa.yaml"};
  file << "definitions:\n";
  for (const auto& one : plan.definitions) file << "  - " << (source_folder() / one).string() << "\n";
  file << plan.settings;
  if (plan.settings.find("models:") != std::string::npos) return;
  // As shipped, without a key: the stand-in is the default.
  const auto rules = source_folder() / "config/models";
  file << "models:\n  default: [scripted/demo]\n  providers:\n    scripted: {kind: scripted, file: "
       << (rules / "demo.yaml").string() << "}\n    spender: {kind: scripted, file: " << (rules / "spender.yaml").string()
       << "}\n    flaky: {kind: scripted, file: " << (rules / "flaky.yaml").string()
       << ", patience: {first_pause_ms: 100, breaker_failures: 1000}}\n";
}

process_plan test_server::plan() const {
  const auto& here = folder_.path();
  process_plan out;
  out.arguments = {testd_program(), "serve",       "--config", here / "mofa.yaml",
                   "--listen",      "127.0.0.1:0", "--data",   here / "data"};
  out.environment["COUNT_FILE"] = here / "count";
  out.errors = here / "stderr";
  return out;
}

bool test_server::start(const std::map<std::string, std::string>& environment) {
  auto wanted = plan();
  wanted.environment.insert(environment.begin(), environment.end());
  life_ = std::make_unique<process>(wanted);
  port_ = 0;
  const auto greeting = life_->line(patience);
  constexpr std::string_view before = "http://127.0.0.1:";
  const auto place = greeting ? greeting->find(before) : std::string::npos;
  if (place == std::string::npos) return false;
  const auto* digits = greeting->data() + place + before.size();
  std::from_chars(digits, greeting->data() + greeting->size(), port_);
  return port_ != 0;
}

void test_server::kill() {
  life_->kill(SIGKILL);
  (void)life_->wait(patience);
}

std::optional<process_end> test_server::terminate() {
  life_->kill(SIGTERM);
  return life_->wait(patience);
}

std::vector<std::string> test_server::counted() const {
  std::vector<std::string> out;
  std::istringstream lines{file_text(folder_.path() / "count")};
  for (std::string one; std::getline(lines, one);) out.push_back(one);
  return out;
}

std::string testd_program() { return MOFA_TESTD; }
std::string shipped_program() { return MOFA_SHIPPED; }
std::filesystem::path source_folder() { return MOFA_SOURCE; }

json body_of(const http_answer& from) { return json::parse(from.body, nullptr, false); }

std::string message_body(const std::string& text, json more) {
  more["message"] = text;
  return more.dump();
}

}  // namespace mofa::test
