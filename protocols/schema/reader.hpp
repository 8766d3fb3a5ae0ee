// Reads the JSON of a schema into parts and their rules: shapes, references, and what is refused.
// Made on the stack by compile(), used once.
// One thread; without recursion, so that no schema can exhaust the stack.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocols/core/fields.hpp"
#include "protocols/schema/part.hpp"
#include "protocols/schema/trail.hpp"

namespace mofa::schema {

class reader {
 public:
  /// `source` must outlive the reader.
  explicit reader(const json& source);

  /// Errors: invalid, with fields.
  result<part_list> read();

 private:
  /// Where a part comes from, whatever reference leads to it.
  struct origin {
    const json* source;
    const trail* at;
    std::vector<std::size_t> in_place;  ///< parts that look at the same value
  };
  using handler = void (reader::*)(const json& value, const trail& at);
  struct keyword {
    std::string_view name;
    handler read;
  };
  static const std::vector<keyword>& keywords();

  void read_part();
  void read_member(const std::string& name, const json& value, const trail& at);

  template <measure of, std::uint64_t size_rule::*end>
  void size(const json& value, const trail& at);
  template <relation to>
  void bound(const json& value, const trail& at);
  void multiple_of(const json& value, const trail& at);
  void type(const json& value, const trail& at);
  void enumeration(const json& value, const trail& at);
  void constant(const json& value, const trail& at);
  void unique_items(const json& value, const trail& at);
  void required(const json& value, const trail& at);
  void contains(const json& value, const trail& at);
  void property_names(const json& value, const trail& at);
  void negation(const json& value, const trail& at);
  template <class Rule>
  void combination(const json& value, const trail& at);
  void dependencies(const json& value, const trail& at);
  void definitions(const json& value, const trail& at);
  void dialect(const json& value, const trail& at);
  void id(const json& value, const trail& at);
  void format(const json& value, const trail& at);
  void no_pattern(const json& value, const trail& at);
  void later(const json& value, const trail& at);
  void noted(const json& value, const trail& at);

  void read_items(const json& node, const trail& at);
  void read_properties(const json& node, const trail& at);
  void read_condition(const json& node, const trail& at);

  /// The part at that place or where its `$ref` leads; null after an error. `same_value`: it looks at the value of the part
  /// that is being read.
  const part* part_at(const json& node, const trail& at, bool same_value = false);
  /// The same for a member of a part; null when there is none.
  const part* member(const json& node, const trail& at, const char* name, bool same_value = false);
  const json* follow(const std::string& reference, const trail& at, const trail*& target);
  bool check_name(const std::string& name, const trail& at);
  /// Nothing after an error, as below.
  std::optional<std::set<std::string>> names(const json& value, const trail& at);
  std::optional<double> number_at(const json& value, const trail& at);
  void check_circles();

  const trail& below(const trail& at, std::string_view name);
  const trail& below(const trail& at, std::size_t index);
  void add(const trail& at, std::string message);
  /// Gives the rule to the part that is being read.
  void keep(rule made) { parts_[now_]->rules.push_back(std::move(made)); }

  const json& source_;
  const trail root_{};
  std::deque<trail> trails_;
  part_list parts_;
  std::vector<origin> origins_;  ///< of parts_, by the same index
  std::unordered_map<const json*, std::size_t> known_;
  std::size_t now_ = 0;  ///< the part that is being read
  core::field_errors errors_;
};

}  // namespace mofa::schema
