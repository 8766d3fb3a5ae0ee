#include "protocols/core/token_estimate.hpp"

namespace mofa::core {
namespace {

constexpr std::size_t bytes_per_token = 4;

std::size_t bytes_of(const json& value) {
  return value.is_null() ? 0 : value.dump(-1, ' ', false, json::error_handler_t::replace).size();
}

std::size_t bytes_of(const std::vector<tool_request>& calls) {
  std::size_t bytes = 0;
  for (const auto& one : calls) bytes += one.tool.size() + bytes_of(one.arguments) + one.malformed.size();
  return bytes;
}

std::int64_t tokens_of(std::size_t bytes) {
  return static_cast<std::int64_t>((bytes + bytes_per_token - 1) / bytes_per_token);
}

}  // namespace

std::int64_t estimated_input_tokens(const model_request& what) {
  std::size_t bytes = bytes_of(what.output_schema);
  for (const auto& each : what.messages) bytes += each.text.size() + bytes_of(each.calls);
  for (const auto& each : what.tools) bytes += each.name.size() + each.description.size() + bytes_of(each.parameters);
  return tokens_of(bytes);
}

std::int64_t estimated_output_tokens(const model_answer& answer) {
  return tokens_of(answer.text.size() + bytes_of(answer.calls));
}

}  // namespace mofa::core
