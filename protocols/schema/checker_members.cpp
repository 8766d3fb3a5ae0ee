#include <algorithm>
#include <vector>

#include "protocols/schema/checker.hpp"
#include "server/base/nearest.hpp"

namespace mofa::schema {
namespace {

std::string not_known(const std::string& name, const properties_rule& properties) {
  if (properties.known.empty()) return "must not be here: no members are known";
  std::vector<std::string_view> known;
  for (const auto& [each, unused] : properties.known) known.push_back(each);
  return unknown_member(name, known);
}

}  // namespace

bool checker::obeys(const required_rule& required) {
  if (!value_->is_object()) return true;
  bool good = true;
  for (const auto& name : required.names) {
    if (!value_->contains(name)) good = add("missing member '" + name + "'");
    if (!charge(1) || (!good && room_ == 0)) return false;
  }
  return good;
}

bool checker::obeys(const properties_rule& properties) {
  if (!value_->is_object()) return true;
  if (!charge(properties.known.size())) return false;
  bool good = true;
  for (const auto& [name, own] : properties.known) {
    const auto found = value_->find(name);
    if (found != value_->end()) good = fits(*own, *found, trail{at_, name}) && good;
    if (spent_) return false;
  }
  for (const auto& entry : value_->items()) {
    if (spent_) return false;
    if (properties.known.contains(entry.key())) continue;
    const trail at{at_, entry.key()};
    if (!properties.further->never) {
      good = fits(*properties.further, entry.value(), at) && good;
    } else {
      good = false;
      if (errors_->size() < room_) add(at, not_known(entry.key(), properties));
    }
  }
  return good;
}

bool checker::obeys(const names_rule& names) {
  if (!value_->is_object()) return true;
  bool good = true;
  for (const auto& entry : value_->items()) {
    const json name(entry.key());
    if (!charge(entry.key().size() / bytes_per_step)) return false;
    good = fits(*names.name, name, trail{at_, entry.key()}) && good;
  }
  return good;
}

bool checker::obeys(const dependencies_rule& dependencies) {
  if (!value_->is_object()) return true;
  bool good = true;
  for (const auto& [name, wanted] : dependencies.members) {
    if (!value_->contains(name)) continue;
    for (const auto& each : wanted) {
      if (!charge(1)) return false;
      if (!value_->contains(each)) good = add("missing member '" + each + "', needed by '" + name + "'");
    }
  }
  for (const auto& [name, wanted] : dependencies.parts) {
    if (value_->contains(name)) good = fits(*wanted, *value_, *at_) && good;
    if (spent_) return false;
  }
  return good;
}

bool checker::obeys(const items_rule& items) {
  if (!value_->is_array()) return true;
  bool good = true;
  for (std::size_t i = 0; i < value_->size() && !spent_; ++i) {
    const auto& wanted = i < items.first.size() ? *items.first[i] : *items.further;
    good = fits(wanted, (*value_)[i], trail{at_, {}, i}) && good;
  }
  return good;
}

bool checker::obeys(const contains_rule& wanted) {
  if (!value_->is_array()) return true;
  for (const auto& each : *value_)
    if (fits_quietly(*wanted.item, each)) return true;
  return add("has no item that fits 'contains'");
}

bool checker::obeys(const unique_rule&) {
  if (!value_->is_array()) return true;
  std::vector<std::size_t> order(value_->size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // Out of steps, compare() says "equal" for ever: that is an order too, and the check is void then.
  const auto by_value = [&](std::size_t a, std::size_t b) { return compare((*value_)[a], (*value_)[b], steps_); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return by_value(a, b) < 0; });
  const auto twice = std::adjacent_find(order.begin(), order.end(), [&](auto a, auto b) { return by_value(a, b) == 0; });
  if (!charge(0)) return false;
  if (twice == order.end()) return true;
  return add("must not repeat an item: " + std::to_string(*twice) + " and " + std::to_string(*(twice + 1)) + " are equal");
}

}  // namespace mofa::schema
