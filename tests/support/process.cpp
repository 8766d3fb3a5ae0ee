#include "tests/support/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

// The header of glibc 2.36 does not say that these are C functions.
extern "C" {
#include <sys/pidfd.h>
}

namespace mofa::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool readable(int descriptor, steady_clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    pollfd wait{descriptor, POLLIN, 0};
    const int got = ::poll(&wait, 1, static_cast<int>(std::max<milliseconds::rep>(0, left.count())));
    if (got > 0) return true;
    if (got == 0 || errno != EINTR) return false;
  }
}

// In the child, between fork and exec: everything was allocated before.
[[noreturn]] void become(const process_plan& plan, int output, char* const* arguments, char* const* environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int errors = ::open(plan.errors.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (errors < 0 || ::dup2(nothing, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(errors, 2) < 0) ::_exit(127);
  if (plan.user && (::setgroups(0, nullptr) != 0 || ::setgid(*plan.user) != 0 || ::setuid(*plan.user) != 0)) ::_exit(127);
  if (!plan.folder.empty() && ::chdir(plan.folder.c_str()) != 0) ::_exit(127);
  ::execve(arguments[0], arguments, environment);
  ::_exit(127);
}

std::vector<std::string> environment_of(const process_plan& plan) {
  std::vector<std::string> out;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string text{*one};
    // What configures a server on this machine is not meant for the one under test.
    if (text.starts_with("MOFA_")) continue;
    if (!plan.environment.contains(text.substr(0, text.find('=')))) out.push_back(text);
  }
  for (const auto& [name, value] : plan.environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& one : texts) out.push_back(one.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

process::process(const process_plan& plan) : errors_(plan.errors) {
  auto arguments = plan.arguments;
  auto environment = environment_of(plan);
  const auto argument_pointers = pointers(arguments);
  const auto environment_pointers = pointers(environment);
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) std::abort();
  pid_ = ::fork();
  if (pid_ < 0) std::abort();
  if (pid_ == 0) become(plan, pipe[1], argument_pointers.data(), environment_pointers.data());
  ::close(pipe[1]);
  output_ = pipe[0];
  handle_ = ::pidfd_open(pid_, 0);
  if (handle_ < 0) std::abort();
}

process::~process() {
  kill(SIGKILL);
  (void)wait(milliseconds{60'000});
  ::close(handle_);
  ::close(output_);
}

// Through the handle: it never means another process that got the same number.
void process::kill(int signal) const { ::pidfd_send_signal(handle_, signal, nullptr, 0); }

std::optional<process_end> process::wait(milliseconds within) {
  if (end_) return end_;
  if (!readable(handle_, steady_clock::now() + within)) return std::nullopt;
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) return std::nullopt;
  end_ = WIFEXITED(status) ? process_end{WEXITSTATUS(status), 0} : process_end{-1, WTERMSIG(status)};
  return end_;
}

std::optional<std::string> process::line(milliseconds within) {
  const auto deadline = steady_clock::now() + within;
  for (;;) {
    if (const auto end = held_.find('\n'); end != std::string::npos) {
      auto out = held_.substr(0, end + 1);
      held_.erase(0, end + 1);
      return out;
    }
    std::array<char, 4096> piece;
    if (!readable(output_, deadline)) return std::nullopt;
    const auto count = ::read(output_, piece.data(), piece.size());
    if (count <= 0) return std::nullopt;
    held_.append(piece.data(), static_cast<std::size_t>(count));
  }
}

std::string process::errors() const { return file_text(errors_); }

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace mofa::test
