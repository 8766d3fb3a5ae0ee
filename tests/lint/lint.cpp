#include "tests/lint/lint.hpp"

#include <algorithm>
#include <tuple>

namespace mofa::lint {

const std::vector<rule>& rules() {
  static const std::vector<rule> all{
      {"fence", check_fence},
      {"foreign", check_foreign},
      {"kernel_header", check_kernel_header},
      {"include_path", check_include_path},
      {"header", check_header},
      {"length", check_length},
      {"words", check_words},
      {"purity", check_purity},
      {"unfinished", check_unfinished},
      {"readme", check_readme},
      {"unlisted", check_unlisted},
      {"glob", check_glob},
      {"link", check_link},
  };
  return all;
}

std::vector<finding> check(const tree& sources) {
  std::vector<finding> out;
  for (const auto& each : rules()) each.check(sources, out);
  std::sort(out.begin(), out.end(), [](const finding& a, const finding& b) {
    return std::tie(a.path, a.line, a.rule, a.advice) < std::tie(b.path, b.line, b.rule, b.advice);
  });
  return out;
}

std::string to_string(const finding& what) {
  return what.path + ":" + std::to_string(what.line) + ": " + std::string(what.rule) + ": " + what.advice;
}

}  // namespace mofa::lint
