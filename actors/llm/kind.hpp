// The kind `llm`: agents that think with a language model and act with tools, in the ReAct loop.
// Made and registered by the app; its behaviours are shared by all tasks of a definition's version.
// Pure; any thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "protocols/core/ports/kind.hpp"
#include "protocols/core/ports/model_directory.hpp"
#include "protocols/core/ports/schema.hpp"

namespace mofa::llm {

using core::json;

struct tool_facts {
  bool rerun = false;          ///< may be called again after a crash
  std::size_t told_bytes = 0;  ///< of what a model is told of it
};

/// What definitions are checked against.
struct surroundings {
  std::map<std::string, tool_facts, std::less<>> tools;  ///< by name
  core::schema_compiler schemas;
  const core::model_directory* models = nullptr;  ///< for prices; must outlive the kind
};

std::shared_ptr<const core::agent_kind> make_kind(surroundings around);

}  // namespace mofa::llm
