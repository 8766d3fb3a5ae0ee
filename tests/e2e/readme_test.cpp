#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/test_server.hpp"

using namespace mofa::test;

namespace {

struct example {
  std::string commands;
  std::string expected;
};

// Each block of shell commands with the block that follows it.
std::vector<example> examples_of(const std::string& readme) {
  std::vector<example> out;
  std::istringstream in{readme};
  std::string line;
  enum class inside { nothing, commands, expected } where = inside::nothing;
  while (std::getline(in, line)) {
    if (where == inside::nothing && line == "```sh") {
      where = inside::commands;
      out.push_back({});
    } else if (where == inside::nothing && (line == "```text" || line == "```json")) {
      where = inside::expected;
    } else if (line == "```") {
      where = inside::nothing;
    } else if (where == inside::commands) {
      out.back().commands += line + "\n";
    } else if (where == inside::expected) {
      out.back().expected += line + "\n";
    }
  }
  return out;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Digits differ from run to run only in ids and times: those become one letter each.
std::string without_ids(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && (is_hex(text[end]) || text[end] == '-')) ++end;
    if (end - i == 36) {
      out += '#';
      i = end;
      continue;
    }
    if (text.size() - i >= 24 && text[i + 4] == '-' && text[i + 10] == 'T' && text[i + 23] == 'Z') {
      out += '@';
      i += 24;
      continue;
    }
    out += text[i++];
  }
  return out;
}

// The commands share one shell, as a reader's do; a line tells one block's output from the next.
std::vector<std::string> run_all(const std::vector<example>& all, const std::filesystem::path& folder,
                                 const std::string& address) {
  const auto script = folder / "readme.sh";
  {
    std::ofstream out{script};
    for (const auto& one : all) out << replaced(one.commands, "127.0.0.1:8080", address) << "echo '@@@'\n";
  }
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(("bash " + script.string() + " 2>&1").c_str(), "r"), pclose};
  REQUIRE(pipe);
  std::string text;
  std::array<char, 4096> chunk{};
  for (std::size_t got = 0; (got = fread(chunk.data(), 1, chunk.size(), pipe.get())) > 0;) text.append(chunk.data(), got);
  std::vector<std::string> out;
  for (std::size_t at = 0, end = 0; (end = text.find("@@@\n", at)) != std::string::npos; at = end + 4)
    out.push_back(text.substr(at, end - at));
  return out;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("every command of the README prints what the README says") {
  const auto all = examples_of(file_text(source_folder() / "README.md"));
  REQUIRE(all.size() >= 10);
  test_server server{{{"config/agents"}, ""}};
  REQUIRE_MESSAGE(server.start(), server.errors());
  const auto outputs = run_all(all, server.folder(), "127.0.0.1:" + std::to_string(server.port()));
  REQUIRE(outputs.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(all[i].commands);
    CHECK(trimmed(without_ids(outputs[i])) == trimmed(without_ids(all[i].expected)));
  }
}
