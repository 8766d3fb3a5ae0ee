#include "protocols/http/message.hpp"

#include <algorithm>

#include "protocols/http/percent.hpp"

namespace mofa::http {

std::optional<std::string_view> request::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& each) { return each.first == name; });
  if (found == headers.end()) return std::nullopt;
  return std::string_view{found->second};
}

std::string_view request::parameter(std::string_view name) const {
  const auto found =
      std::find_if(parameters.begin(), parameters.end(), [&](const auto& each) { return each.first == name; });
  return found == parameters.end() ? std::string_view{} : std::string_view{found->second};
}

std::optional<std::string> request::query_value(std::string_view name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    const auto key = percent_decode(pair.substr(0, equals), plus_sign::space);
    if (!key || *key != name) continue;
    auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), plus_sign::space);
    if (value) return std::move(*value);
  }
  return std::nullopt;
}

}  // namespace mofa::http
