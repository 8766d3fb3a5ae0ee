// The variables of templates: named texts, such as the groups of a rule that matched, or the result of a call.
// Set by whoever knows them (a task's state, a model's rule), read when a template is rendered.
// A plain value; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mofa::core {

/// A handful of named texts: a vector, because a live task keeps it in memory and a map's nodes would outweigh it.
/// An empty text is the same as none.
class variables {
 public:
  /// nullptr when there is none.
  const std::string* find(std::string_view name) const {
    for (const auto& [known, value] : entries_) {
      if (known == name) return &value;
    }
    return nullptr;
  }

  void set(std::string_view name, std::string value) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->first != name) continue;
      if (value.empty()) {
        entries_.erase(entry);
      } else {
        entry->second = std::move(value);
      }
      return;
    }
    if (!value.empty()) entries_.emplace_back(name, std::move(value));
  }

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

}  // namespace mofa::core
