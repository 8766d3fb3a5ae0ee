// The reader of a definition's members: typed access that collects every mistake with its JSON pointer instead of stopping.
// Made by compile() for one definition and gone after it.
// A plain value; used by one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/message.hpp"
#include "server/base/error.hpp"

namespace mofa::scenario {

using core::json;

/// `path` followed by a member's name, escaped as RFC 6901 wants it.
std::string below(const std::string& path, std::string_view member);
std::string below(const std::string& path, std::size_t index);

class reader {
 public:
  void fault(std::string path, std::string message) { faults_.push_back({std::move(path), std::move(message)}); }
  const std::vector<field_error>& faults() const { return faults_; }

  /// Whether it is an object; each member outside `known` is a fault.
  bool object(const json& value, const std::string& path, std::span<const std::string_view> known);
  /// Whether it is a list with at least one value.
  bool filled_list(const json& value, const std::string& path);

  /// The member, or nullptr; when it is required its absence is a fault.
  const json* member(const json& object, const std::string& path, std::string_view name, bool required);
  std::optional<std::string> text(const json& object, const std::string& path, std::string_view name, bool required);
  std::optional<bool> flag(const json& object, const std::string& path, std::string_view name);
  /// An integer within the bounds, both included.
  std::optional<std::int64_t> integer(const json& value, const std::string& path, std::int64_t least, std::int64_t most);

 private:
  std::vector<field_error> faults_;
};

}  // namespace mofa::scenario
