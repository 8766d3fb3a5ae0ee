// Query reader: the parameters after the question mark, checked by name and by value.
// Made by a handler for one request, on its stack; collects everything that is wrong, not only the first.
// Lives on the handler's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/core/ports/task_service.hpp"
#include "protocols/http/message.hpp"
#include "server/base/limits.hpp"

namespace mofa::rest {

/// Errors name a parameter as "?limit". Reading a parameter that is not there gives nothing and is no error.
class query_reader {
 public:
  /// Decodes the query; records what is unknown, repeated or badly encoded.
  query_reader(const http::request& from, std::span<const std::string_view> known);

  /// The value: 1 to 512 bytes.
  std::optional<std::string> text(std::string_view name);
  std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most);
  /// "key:value", cut at the first colon.
  std::optional<std::pair<std::string, std::string>> label(std::string_view name);
  std::optional<time_point> time(std::string_view name);
  std::optional<task_id> task(std::string_view name);
  /// A value that `parse` knows; `names` are for the error.
  template <class T, class Parse>
  std::optional<T> one_of(std::string_view name, Parse parse, std::span<const std::string_view> names) {
    const auto value = text(name);
    if (!value) return std::nullopt;
    const std::optional<T> found = parse(*value);
    if (!found) complain_of_choice(name, *value, names);
    return found;
  }
  /// `limit` and `cursor`.
  core::page_request page();

  void complain(std::string_view name, std::string message);
  /// Success when nothing was wrong.
  result<void> finish();

 private:
  void complain_of_choice(std::string_view name, std::string_view value, std::span<const std::string_view> names);

  void take(std::string_view pair, std::span<const std::string_view> known);

  std::vector<std::pair<std::string, std::string>> values_;
  std::vector<field_error> errors_;
};

}  // namespace mofa::rest
