// Checks one value against the parts of a schema: bounded in work and in depth, with a message for each broken place.
// Made on the stack of one check.
// One thread.
#pragma once

#include <cstdint>
#include <string>

#include "protocols/core/fields.hpp"
#include "protocols/schema/part.hpp"
#include "protocols/schema/trail.hpp"

namespace mofa::schema {

class checker {
 public:
  explicit checker(std::int64_t steps) : steps_(steps) {}

  /// Empty: the value fits. It may be nested up to limits::document_depth.
  core::field_errors check(const part& root, const json& value);

 private:
  bool obeys(const type_rule& types);
  bool obeys(const enum_rule& choice);
  bool obeys(const bound_rule& bound);
  bool obeys(const multiple_rule& multiple);
  bool obeys(const size_rule& size);
  bool obeys(const unique_rule&);
  bool obeys(const required_rule& required);
  bool obeys(const contains_rule& wanted);
  bool obeys(const names_rule& names);
  bool obeys(const not_rule& negation);
  bool obeys(const all_rule& all);
  bool obeys(const any_rule& any);
  bool obeys(const one_rule& one);
  bool obeys(const dependencies_rule& dependencies);
  bool obeys(const items_rule& items);
  bool obeys(const properties_rule& properties);
  bool obeys(const condition_rule& condition);

  /// Whether the value at that place fits the part.
  bool fits(const part& wanted, const json& value, const trail& at);
  /// The same without a message; `why` gets the first one.
  bool fits_quietly(const part& wanted, const json& value, field_error* why = nullptr);
  /// Pays for work; false when there is nothing left to pay with.
  bool charge(std::size_t work);
  /// Notes an error at the current place; false.
  bool add(std::string message);
  bool add(const trail& at, std::string message);

  std::int64_t steps_;
  int depth_ = 0;
  bool spent_ = false;  ///< the work is more than one check may take
  const json* value_ = nullptr;
  const trail* at_ = nullptr;
  core::field_errors* errors_ = nullptr;
  std::size_t room_ = 0;  ///< so many errors are wanted
};

}  // namespace mofa::schema
