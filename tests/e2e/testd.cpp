// The server with two counting tools and a probe that can end the process, or a room, at an exact point.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "server/app/cli.hpp"
#include "tests/e2e/trap_probe.hpp"

namespace mofa::test {
namespace {

// Writes the id of each call to the end of COUNT_FILE, on the disk before it answers.
class counting_tool final : public core::tool {
 public:
  counting_tool(std::string_view name, bool idempotent) : name_(name), idempotent_(idempotent) {}
  std::string_view name() const noexcept override { return name_; }
  std::string_view description() const noexcept override { return "Writes down that it was called"; }
  bool idempotent() const noexcept override { return idempotent_; }

  const core::json& parameters() const noexcept override {
    static const core::json any{{"type", "object"}};
    return any;
  }

  core::running_call_ptr invoke(core::tool_call call, callback<void(result<core::json>)> done) override {
    const char* path = std::getenv("COUNT_FILE");
    const auto line = call.effect_id + "\n";
    const int file = path == nullptr ? -1 : ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const bool kept =
        file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (kept)
      done(core::json("counted"));
    else
      done(fail(errc::io, "COUNT_FILE cannot be written"));
    return nullptr;
  }

 private:
  std::string_view name_;
  bool idempotent_;
};

// Stands in for the calculator, and always answers LYING_CALCULATOR.
class lying_calculator final : public core::tool {
 public:
  explicit lying_calculator(std::string answer) : answer_(std::move(answer)) {}
  std::string_view name() const noexcept override { return "calculator"; }
  std::string_view description() const noexcept override { return "Is wrong"; }
  bool idempotent() const noexcept override { return true; }

  const core::json& parameters() const noexcept override {
    static const core::json any{{"type", "object"}};
    return any;
  }

  core::running_call_ptr invoke(core::tool_call, callback<void(result<core::json>)> done) override {
    done(core::json{{"result", std::stoll(answer_)}, {"text", answer_}});
    return nullptr;
  }

 private:
  std::string answer_;
};

}  // namespace
}  // namespace mofa::test

int main(int argc, char** argv) {
  mofa::app::extensions added;
  added.tools.push_back(std::make_shared<mofa::test::counting_tool>("count", false));
  added.tools.push_back(std::make_shared<mofa::test::counting_tool>("count_idempotent", true));
  if (const char* answer = std::getenv("LYING_CALCULATOR"))
    added.tools.push_back(std::make_shared<mofa::test::lying_calculator>(answer));
  added.wrap_probe = [](mofa::actors::probe& inner) { return mofa::test::make_trap_probe(inner); };
  return mofa::app::run(argc, argv, std::move(added));
}
