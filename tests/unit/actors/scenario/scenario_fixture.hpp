// Shorthand of the scenario tests: a host around a scenario that is written as JSON.
// Included by each of them; nothing outlives the test.
// One thread.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "actors/scenario/kind.hpp"
#include "tests/support/pure_host.hpp"

namespace mofa::scenario::test {

using core::json;
using mofa::test::pure_host;
using kind_list = std::vector<std::string>;

inline result<core::behaviour_ptr> compiled(const json& document, tool_names tools = {{"clock", true}, {"count", false}}) {
  core::definition source;
  source.name = "subject";
  source.kind = "scenario";
  source.document = document;
  return make_kind(std::move(tools))->compile(source);
}

inline pure_host host_of(const json& document) {
  auto made = compiled(document);
  if (!made) FAIL(made.error().detail);
  return pure_host{*made};
}

/// A host whose scenario has these steps for every message.
inline pure_host host_of_steps(const json& steps) { return host_of({{"otherwise", steps}}); }

/// The text of a message of one text part, as events hold it.
inline std::string said(const json& data) { return data.at("message").at("parts").at(0).at("text"); }

/// The state is a pure fold of the events, and survives a snapshot.
inline void check_fold(const pure_host& host) {
  CHECK(host.live() == host.folded());
  CHECK(host.live() == host.reloaded());
}

}  // namespace mofa::scenario::test
