#include "tests/bench/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>

namespace mofa::bench {
namespace {

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& each : texts) out.push_back(each.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> plain_environment() {
  std::vector<std::string> out;
  for (char** each = environ; *each != nullptr; ++each) {
    if (std::strncmp(*each, "MOFA", 4) != 0) out.emplace_back(*each);
  }
  return out;
}

std::string last_line(const std::string& file) {
  std::ifstream in{file};
  std::string last;
  for (std::string line; std::getline(in, line);) last = line;
  return last;
}

}  // namespace

process::process(std::vector<std::string> command, std::string log_file)
    : name_(command.front()), log_file_(std::move(log_file)) {
  auto environment = plain_environment();
  const auto arguments = pointers_of(command);
  const auto variables = pointers_of(environment);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw unmeasurable{"no pipe: " + std::string{std::strerror(errno)}};
  const int log = open(log_file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], STDOUT_FILENO);
    if (log >= 0) dup2(log, STDERR_FILENO);
    execve(arguments.front(), arguments.data(), variables.data());
    _exit(127);
  }
  close(ends[1]);
  if (log >= 0) close(log);
  stdout_ = ends[0];
  if (pid_ < 0) throw unmeasurable{"no process: " + std::string{std::strerror(errno)}};
}

process::~process() {
  if (pid_ > 0) join(seconds{0});
  close(stdout_);
}

std::string process::failure(const std::string& what) const { return name_ + " " + what + ": " + last_line(log_file_); }

std::string process::line_with(const std::string& text, seconds longest) {
  const auto until = steady::now() + longest;
  for (;;) {
    if (const auto end = unread_.find('\n'); end != std::string::npos) {
      auto line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (line.find(text) != std::string::npos) return line;
      continue;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - steady::now());
    pollfd one{stdout_, POLLIN, 0};
    if (left.count() <= 0 || poll(&one, 1, static_cast<int>(left.count())) <= 0) throw unmeasurable{failure("says nothing")};
    char bytes[4096];
    const auto got = read(stdout_, bytes, sizeof bytes);
    if (got <= 0) throw unmeasurable{failure("ended")};
    unread_.append(bytes, static_cast<std::size_t>(got));
  }
}

void process::signal(int number) {
  if (pid_ > 0) kill(pid_, number);
}

void process::join(seconds longest) {
  if (pid_ <= 0) return;
  const auto until = steady::now() + longest;
  while (waitpid(pid_, nullptr, WNOHANG) == 0) {
    if (steady::now() >= until) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      break;
    }
    poll(nullptr, 0, 5);
  }
  pid_ = -1;
}

double process::resident_bytes() const {
  std::ifstream status{fmt::format("/proc/{}/status", pid_)};
  for (std::string word; status >> word;) {
    double kibi = 0;
    if (word == "VmRSS:" && status >> kibi) return kibi * 1024;
  }
  throw unmeasurable{failure("has no memory any more")};
}

}  // namespace mofa::bench
