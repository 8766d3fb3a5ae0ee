// The plan of an agent of kind `llm`: its definition, read once.
// Owned by the behaviour of one version; shared read-only by all its tasks.
// Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/llm/kind.hpp"
#include "protocols/core/text_template.hpp"

namespace mofa::llm {

/// Something that the model may call.
struct tool_choice {
  std::string name;  ///< "calculator", "agent:weather", "agent:?skill=math"
  bool agent = false;
  bool rerun = false;  ///< may be run again when a crash cut it off
};

struct plan {
  std::string model;  ///< empty: the server's default
  std::vector<std::string> fallback;
  std::optional<double> temperature;
  std::int64_t max_output_tokens = 1024;
  core::text_template instructions;
  std::vector<tool_choice> tools;
  bool direct = false;  ///< one call, no tools
  json output_schema;
  core::schema_ptr output;
  std::size_t history_messages = 50;
  std::size_t history_bytes = 0;  ///< what max_tokens come to, at bytes_per_token
  int max_steps = 25;
  std::size_t told_bytes = 0;  ///< of tools and schema, which go out with every call
  bool priced = false;         ///< all its models have a price: calls reserve money
  core::model_price price;
};

/// A rough measure that errs to the safe side for English and JSON: what is reserved before a call is settled after it.
inline constexpr std::int64_t bytes_per_token = 3;

/// Errors carry JSON pointers.
result<plan> read_plan(const core::definition& source, const surroundings& around);

}  // namespace mofa::llm
