#include "server/app/command.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "server/app/exit_code.hpp"

namespace mofa::app {
namespace {

int run(command_line& line, std::vector<std::string> words) {
  words.insert(words.begin(), "tool");
  std::vector<char*> arguments;
  for (auto& each : words) arguments.push_back(each.data());
  return line.run(static_cast<int>(arguments.size()), arguments.data());
}

struct made {
  std::string name, file = "unset";
  std::vector<std::string> words, labels;
  std::int64_t count = 7;
  bool loud = false;
  std::string ran;
  command_line line{"tool", "A tool"};

  made() {
    const auto say = line.root().sub("say", "Say it");
    say.texts("WORDS", words, "What", need::required);
    say.texts("--label", labels, "Labels");
    say.number("--count", count, "How often");
    say.flag("--loud", loud, "Loudly");
    say.does([this] {
      ran = "say";
      return 3;
    });
    const auto things = line.root().sub("things", "Things");
    const auto get = things.sub("get", "One thing");
    get.text("NAME", name, "Which", need::required);
    get.text("-f,--file", file, "Where");
    get.does([this] {
      ran = "get";
      return 0;
    });
  }
};

TEST_CASE("the command that is named runs with what it was given, and its exit code is the program's") {
  made is;
  CHECK(run(is.line, {"say", "--label", "a", "hello", "--count", "2", "there", "--label", "b"}) == 3);
  CHECK(is.ran == "say");
  CHECK(is.words == std::vector<std::string>{"hello", "there"});
  CHECK(is.labels == std::vector<std::string>{"a", "b"});
  CHECK(is.count == 2);
  CHECK_FALSE(is.loud);
}

TEST_CASE("a command below a group runs, and options that are not given keep their values") {
  made is;
  CHECK(run(is.line, {"things", "get", "x"}) == 0);
  CHECK(is.ran == "get");
  CHECK(is.name == "x");
  CHECK(is.file == "unset");
}

TEST_CASE("wrong words end with the usage code, and nothing runs; asking for help is no mistake") {
  const std::vector<std::vector<std::string>> wrong{
      {}, {"things"}, {"things", "get"}, {"sai", "x"}, {"say", "x", "--count", "-1"}, {"say", "x", "--lowd"}};
  for (const auto& words : wrong) {
    made is;
    CHECK(run(is.line, words) == exit_code::usage);
    CHECK(is.ran.empty());
  }
  made is;
  CHECK(run(is.line, {"say", "--help"}) == exit_code::done);
  CHECK(is.ran.empty());
}

TEST_CASE("a defect in a command is an exit code, and not the end of the program") {
  command_line line{"tool", "A tool"};
  line.root().sub("fall", "Fall").does([]() -> int { throw std::runtime_error{"over"}; });
  CHECK(run(line, {"fall"}) == exit_code::failed);
}

TEST_CASE("the completion knows each command by its path, with its options") {
  made is;
  const auto script = is.line.bash_completion();
  CHECK(script.find("\"\") words=\"say things --help\" ;;") != std::string::npos);
  CHECK(script.find("\" things\") words=\"get --help\" ;;") != std::string::npos);
  CHECK(script.find("\" things get\") words=\"--help --file\" ;;") != std::string::npos);
  CHECK(script.find("complete -o default -F _tool tool\n") != std::string::npos);
}

}  // namespace
}  // namespace mofa::app
