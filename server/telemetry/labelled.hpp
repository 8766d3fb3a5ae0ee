// A metric with labels: finds the child for some label values without building strings, and bounds how many there can be.
// Owned by the probe's implementation that counts with it; the children belong to the registry's family.
// Any thread: a known child is found under a shared lock.
#pragma once

#include <prometheus/family.h>

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mofa::telemetry {

/// So many values of one label have a child of their own, unless expect() says more; what comes later is counted as
/// `other_value`.
inline constexpr std::size_t most_label_values = 100;
inline constexpr std::string_view other_value = "__other__";

/// `Count` labels of a family of `Metric` (prometheus::Counter, Gauge, Histogram).
template <class Metric, std::size_t Count>
class labelled {
 public:
  using values = std::array<std::string_view, Count>;
  /// Makes the child of these labels.
  using maker = std::function<Metric&(const prometheus::Labels&)>;

  labelled(values names, maker make) : names_(names), make_(std::move(make)) { most_.fill(most_label_values); }

  /// The label at that place has so many values by nature: each has a child of its own.
  void expect(std::size_t label, std::size_t count) {
    const std::unique_lock lock{mutex_};
    most_[label] = std::max(most_[label], count);
  }

  /// The child for these label values; lives as long as the registry.
  Metric& of(const values& wanted) {
    {
      const std::shared_lock lock{mutex_};
      if (auto* found = find(wanted)) return *found;
      if (auto* found = find(capped(wanted))) return *found;
    }
    const std::unique_lock lock{mutex_};
    for (std::size_t i = 0; i < Count; ++i) {
      if (seen_[i].size() < most_[i]) seen_[i].emplace(wanted[i]);
    }
    const auto shown = capped(wanted);
    if (auto* found = find(shown)) return *found;
    prometheus::Labels labels;
    key owned;
    for (std::size_t i = 0; i < Count; ++i) {
      owned[i] = shown[i];
      labels.emplace(names_[i], shown[i]);
    }
    auto& made = make_(labels);
    children_.emplace(std::move(owned), &made);
    return made;
  }

 private:
  using key = std::array<std::string, Count>;
  struct hash {
    using is_transparent = void;
    template <class Texts>
    std::size_t operator()(const Texts& texts) const {
      std::size_t out = 0;
      for (const auto& text : texts) out = out * 31 + std::hash<std::string_view>{}(text);
      return out;
    }
  };
  struct equal {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      for (std::size_t i = 0; i < Count; ++i) {
        if (std::string_view{a[i]} != std::string_view{b[i]}) return false;
      }
      return true;
    }
  };

  Metric* find(const values& wanted) const {
    const auto found = children_.find(wanted);
    return found == children_.end() ? nullptr : found->second;
  }

  /// The values, those beyond the bound replaced.
  values capped(values wanted) const {
    for (std::size_t i = 0; i < Count; ++i) {
      if (seen_[i].size() >= most_[i] && !seen_[i].contains(wanted[i])) wanted[i] = other_value;
    }
    return wanted;
  }

  const values names_;
  const maker make_;
  std::shared_mutex mutex_;
  std::unordered_map<key, Metric*, hash, equal> children_;
  std::array<std::set<std::string, std::less<>>, Count> seen_;
  std::array<std::size_t, Count> most_;
};

}  // namespace mofa::telemetry
