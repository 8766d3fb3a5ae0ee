// Builds one JSON value from the events of a reader (JSON or YAML) and enforces the limits of documents while it grows.
// Made on the stack by a reader for one document; its places, when asked for, belong to the document that is read.
// One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "protocols/document/document.hpp"

namespace mofa::document {

using place_map = std::map<std::string, position, std::less<>>;

/// The limits of documents, counted while one is read. A false answer is a limit that is broken; problem() says which one.
class document_bounds {
 public:
  /// A container begins.
  bool open();
  void close() { --depth_; }
  /// A value, containers too.
  bool count();
  std::size_t depth() const { return depth_; }
  const std::string& problem() const { return problem_; }

 private:
  std::size_t depth_ = 0;
  std::size_t values_ = 0;
  std::string problem_;
};

class tree_builder {
 public:
  /// `places` may be null: then no place is recorded, and the positions that are passed in do not matter.
  explicit tree_builder(place_map* places) : places_(places) {}

  /// Each of these returns false when a limit is broken; problem() says which one. `at` is where the value or key begins.
  bool begin_object(position at) { return begin(json::object(), at); }
  bool begin_array(position at) { return begin(json::array(), at); }
  bool key(std::string name, position at);
  bool scalar(json value, position at) { return add(std::move(value), at) != nullptr; }
  void end();

  bool in_object() const { return !open_.empty() && open_.back()->is_object(); }
  bool is_open() const { return !open_.empty(); }
  /// Of the last key: where its value comes to be. It stays there until the end of the document.
  json* member() const { return member_; }
  json take() { return std::move(root_); }
  const std::string& problem() const { return problem_.empty() ? bounds_.problem() : problem_; }

 private:
  bool begin(json container, position at);
  json* add(json value, position at);
  void enter(position at);

  json root_;
  std::vector<json*> open_;
  json* member_ = nullptr;  ///< the value of the last key
  document_bounds bounds_;
  std::string problem_;  ///< other than of the bounds

  place_map* places_;
  std::string path_;
  std::vector<std::size_t> parents_;  ///< lengths of path_ at each open container
  std::size_t path_bytes_ = 0;        ///< of all recorded places
};

}  // namespace mofa::document
