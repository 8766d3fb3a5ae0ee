#include "protocols/document/tree_builder.hpp"

#include <utility>

#include "protocols/core/fields.hpp"
#include "server/base/limits.hpp"

namespace mofa::document {
namespace {

// Long keys over many values would make the places far larger than the document; beyond this the nearest parent serves.
constexpr std::size_t max_path_bytes = 16 * 1024 * 1024;

/// For errors: a long key is not repeated.
std::string short_name(const std::string& key) { return key.size() <= 64 ? key : std::string{"…"}; }

}  // namespace

bool document_bounds::open() {
  if (depth_ == limits::document_depth) {
    problem_ = "nested deeper than " + std::to_string(limits::document_depth) + " levels";
    return false;
  }
  ++depth_;
  return true;
}

bool document_bounds::count() {
  if (++values_ <= limits::document_values) return true;
  problem_ = "more than " + std::to_string(limits::document_values) + " values";
  return false;
}

bool tree_builder::key(std::string name, position at) {
  auto& members = open_.back()->get_ref<json::object_t&>();
  if (places_ != nullptr) {
    path_.resize(parents_.back());
    path_ = core::child_path(path_, name);
    enter(at);
  }
  const auto [place, inserted] = members.try_emplace(std::move(name), nullptr);
  if (!inserted) {
    problem_ = "the key '" + short_name(place->first) + "' is there already";
    return false;
  }
  member_ = &place->second;
  return true;
}

void tree_builder::end() {
  open_.pop_back();
  bounds_.close();
  if (places_ == nullptr) return;
  path_.resize(parents_.back());
  parents_.pop_back();
}

bool tree_builder::begin(json container, position at) {
  if (!bounds_.open()) return false;
  auto* added = add(std::move(container), at);
  if (added == nullptr) return false;
  open_.push_back(added);
  if (places_ != nullptr) parents_.push_back(path_.size());
  return true;
}

json* tree_builder::add(json value, position at) {
  if (!bounds_.count()) return nullptr;
  if (open_.empty()) {
    if (places_ != nullptr) enter(at);
    root_ = std::move(value);
    return &root_;
  }
  if (open_.back()->is_object()) {
    *member_ = std::move(value);
    return member_;
  }
  auto& items = open_.back()->get_ref<json::array_t&>();
  if (places_ != nullptr) {
    path_.resize(parents_.back());
    path_ += '/';
    path_ += std::to_string(items.size());
    enter(at);
  }
  return &items.emplace_back(std::move(value));
}

void tree_builder::enter(position at) {
  path_bytes_ += path_.size();
  if (path_bytes_ <= max_path_bytes) places_->emplace(path_, at);
}

}  // namespace mofa::document
