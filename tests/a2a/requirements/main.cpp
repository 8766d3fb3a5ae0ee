#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/a2a/requirements/check.hpp"

/// mofa_a2a_requirements TABLE SERVER SUITE=REPORT…: checks the table against JUnit reports, and what is beside each that is
/// not of the suite `unit`: the pairs that its tests spoke, in a file of the same name that ends in `.spoken`. All must be
/// newer than the server program that they are about. Prints what is missing; 0 when nothing is.
int main(int argc, char** argv) {
  using namespace mofa::requirements;
  if (argc < 4) {
    std::cerr << "usage: mofa_a2a_requirements TABLE SERVER SUITE=REPORT…\n";
    return 2;
  }
  std::error_code trouble;
  const auto built = std::filesystem::last_write_time(argv[2], trouble);
  std::ifstream in{argv[1], std::ios::binary};
  if (trouble || !in) {
    std::cerr << "mofa_a2a_requirements: " << (in ? argv[2] : argv[1]) << " cannot be read\n";
    return 2;
  }
  std::ostringstream text;
  text << in.rdbuf();

  report seen;
  std::vector<std::string> findings;
  for (int i = 3; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto sign = argument.find('=');
    if (sign == std::string::npos) {
      std::cerr << "mofa_a2a_requirements: '" << argument << "' is no SUITE=REPORT\n";
      return 2;
    }
    const std::filesystem::path file = argument.substr(sign + 1);
    auto& suite = seen[argument.substr(0, sign)];
    suite.on_wire = argument.substr(0, sign) != "unit";
    const auto note = [&](const std::filesystem::path& of, const std::string& why) {
      if (!why.empty()) findings.push_back(of.string() + " " + why);
    };
    note(file, add_junit_file(suite.ended, file, built));
    if (!suite.on_wire) continue;
    const auto spoken = std::filesystem::path{file}.replace_extension(".spoken");
    note(spoken, add_spoken_file(suite.spoke, spoken, built));
  }
  const auto wanted = read_table(text.str());
  for (auto& each : check(wanted, seen)) findings.push_back(std::move(each));
  for (const auto& each : findings) std::cout << each << '\n';
  std::cout << wanted.rows.size() << " requirements, " << findings.size()
            << (findings.size() == 1 ? " finding\n" : " findings\n");
  return findings.empty() ? 0 : 1;
}
