#include <iostream>

#include "tests/lint/lint.hpp"

/// mofa_lint [ROOT]: prints one line for each finding; 0 when there is none, 1 when there are some, 2 when the tree cannot
/// be read.
int main(int argc, char** argv) {
  const auto sources = mofa::lint::read_tree(argc > 1 ? argv[1] : ".");
  if (!sources) {
    std::cerr << "mofa_lint: " << sources.error().detail << '\n';
    return 2;
  }
  const auto findings = mofa::lint::check(*sources);
  for (const auto& each : findings) std::cout << to_string(each) << '\n';
  std::cout << findings.size() << (findings.size() == 1 ? " finding" : " findings") << " in " << sources->size()
            << " files\n";
  return findings.empty() ? 0 : 1;
}
