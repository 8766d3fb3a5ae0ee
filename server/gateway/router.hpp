// The router: finds the endpoint that a path belongs to, and the parameters in it.
// Made once from the route table, owned by the gateway, immutable.
// Read by all sessions, on any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "protocols/http/route.hpp"
#include "server/base/result.hpp"

namespace mofa::gateway {

/// All routes of one pattern.
struct endpoint {
  std::string pattern;
  std::vector<std::string> parameter_names;
  std::vector<const http::route*> routes;
  std::string allow;  ///< value of the Allow header

  /// The route of that method; HEAD is answered by GET's. Null when there is none.
  const http::route* route_for(std::string_view method) const;
};

class router {
 public:
  /// errc::invalid: a pattern that does not begin with '/', a malformed segment, or the same method and pattern twice (or
  /// two forms of one pattern).
  static result<router> make(http::route_table table);

  struct match {
    const endpoint* where = nullptr;
    http::parameter_list parameters;
  };

  /// Matches segment by segment: literal ones win over `{x}:verb`, and those over `{x}`.
  /// Errors: not_found; invalid_syntax when a parameter is not well percent-encoded.
  result<match> find(std::string_view path) const;

  /// In whose form a request of that path is refused: of the endpoint that it belongs to, even if a parameter is malformed,
  /// else of the longest http::form_below(). Null when there is none.
  const http::route* form_for(std::string_view path) const;

  /// How many patterns there are.
  std::size_t patterns() const { return endpoints_.size(); }

 private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  template <class T>
  using name_map = std::unordered_map<std::string, T, hash, std::equal_to<>>;

  struct node {
    name_map<std::unique_ptr<node>> literals;
    std::vector<std::pair<std::string, std::unique_ptr<node>>> verbs;  ///< {x}:verb
    std::unique_ptr<node> any;                                         ///< {x}
    endpoint* end = nullptr;
    const http::route* below = nullptr;  ///< the form of what is refused from here on
  };
  struct form {
    std::size_t depth = 0;
    const http::route* route = nullptr;
  };
  using raw_values = std::vector<std::string_view>;

  result<void> add(const http::route& one);
  static result<node*> descend(node& from, std::string_view segment, std::vector<std::string>& names);
  static const endpoint* walk(const node& at, std::string_view rest, raw_values& values);
  const endpoint* endpoint_of(std::string_view path, raw_values& values) const;
  static form deepest_form(const node& at, std::string_view rest, std::size_t depth);

  std::unique_ptr<http::route_table> table_;
  std::vector<std::unique_ptr<endpoint>> endpoints_;
  std::unique_ptr<node> root_ = std::make_unique<node>();
  name_map<const endpoint*> plain_;  ///< patterns without parameters, whole: most of what probes and scrapers ask for
};

}  // namespace mofa::gateway
