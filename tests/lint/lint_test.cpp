#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/lint/lint.hpp"

namespace mofa::lint {
namespace {

namespace fs = std::filesystem;

const fs::path fixtures{"tests/lint/fixtures"};

fixture read_fixture(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in, path.string(), " cannot be read");
  return parse_fixture(std::string(std::istreambuf_iterator<char>(in), {}));
}

std::vector<std::string> report_of(const tree& sources) {
  std::vector<std::string> out;
  for (const auto& each : check(sources)) out.push_back(to_string(each));
  return out;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

TEST_CASE("every rule has a fixture that breaks it, and exactly what breaks is reported") {
  for (const auto& each : rules()) {
    CAPTURE(each.name);
    const auto broken = read_fixture(fixtures / (std::string(each.name) + ".txt"));
    CHECK_FALSE(broken.expected.empty());
    CHECK(joined(report_of(broken.sources)) == joined(broken.expected));
    for (const auto& line : broken.expected)
      CHECK_MESSAGE(line.find(": " + std::string(each.name) + ": ") != std::string::npos, line);
  }
}

TEST_CASE("a tree that keeps every rule has no findings") {
  const auto clean = read_fixture(fixtures / "clean.txt");
  CHECK_FALSE(clean.sources.empty());
  CHECK(joined(report_of(clean.sources)).empty());
}

TEST_CASE("there is no fixture without a rule") {
  for (const auto& entry : fs::directory_iterator(fixtures)) {
    const auto name = entry.path().stem().string();
    bool known = name == "clean";
    for (const auto& each : rules()) known = known || each.name == name;
    CHECK_MESSAGE(known, name);
  }
}

TEST_CASE("what stands in a comment or in a literal is not code") {
  CHECK(code_of("a(\"b // c\"); // d\ne") == "a(        );     \ne");
  CHECK(code_of("x = 100'000 + 'c'; /* y\n*/ z") == "x = 100'000 +    ;     \n   z");
  CHECK(code_of("R\"q(\")\")q\" + \"\\\"\" + w") == "R          +      + w");
  CHECK(comments_of("a(\"// b\"); // c") == "           // c");
}

TEST_CASE("an include is read only where it is a directive") {
  const auto found =
      includes_of("#include <a>\n// #include <b>\n#  include \"c/d.hpp\"\nauto s = R\"(\n#include <e>\n)\";\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].target == "a");
  CHECK_FALSE(found[0].quoted);
  CHECK(found[1].line == 3);
  CHECK(found[1].target == "c/d.hpp");
  CHECK(found[1].quoted);
}

TEST_CASE("a folder that is not the project's root is refused with its place") {
  const auto read = read_tree("tests/lint/fixtures");
  REQUIRE_FALSE(read);
  CHECK(read.error().code == errc::io);
  CHECK(read.error().detail == "tests/lint/fixtures/CMakeLists.txt: cannot be read");
}

}  // namespace
}  // namespace mofa::lint
