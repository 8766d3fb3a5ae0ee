#include "server/settings/substitute.hpp"

#include <algorithm>

namespace mofa::settings {
namespace {

bool is_variable_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

result<std::string> value_of(std::string_view expression, const environment_map& environment) {
  const auto separator = expression.find(":-");
  const std::string name{expression.substr(0, separator)};
  if (!is_variable_name(name)) return fail(errc::invalid, "'${" + std::string{expression} + "}' does not name a variable");
  const auto found = environment.find(name);
  if (separator == expression.npos) {
    if (found != environment.end()) return found->second;
    return fail(errc::invalid, "the environment variable " + name + " is not set; set it or write ${" + name + ":-default}");
  }
  if (found != environment.end() && !found->second.empty()) return found->second;
  return std::string{expression.substr(separator + 2)};
}

}  // namespace

result<std::string> substitute(std::string_view text, const environment_map& environment) {
  std::string out;
  for (;;) {
    const auto begin = text.find("${");
    out += text.substr(0, begin);
    if (begin == text.npos) return out;
    const auto end = text.find('}', begin);
    if (end == text.npos) return fail(errc::invalid, "'${' without '}'");
    auto value = value_of(text.substr(begin + 2, end - begin - 2), environment);
    if (!value) return std::move(value).error();
    out += *value;
    text.remove_prefix(end + 1);
  }
}

}  // namespace mofa::settings
