#include "server/tools/memory_tools.hpp"

#include "server/base/limits.hpp"

namespace mofa::tools {
namespace {

core::json key_schema() { return {{"type", "string"}, {"minLength", 1}, {"maxLength", limits::memory_key_bytes}}; }

error named(std::string_view tool, error why) {
  why.detail = std::string{tool} + ": " + why.detail;
  return why;
}

}  // namespace

std::string_view memory_put::description() const noexcept {
  return "Remembers a value under a key for this conversation; null forgets the key";
}

const core::json& memory_put::parameters() const noexcept {
  static const core::json schema{{"type", "object"},
                                 {"properties", {{"key", key_schema()}, {"value", {{"description", "Any JSON value"}}}}},
                                 {"required", {"key", "value"}},
                                 {"additionalProperties", false}};
  return schema;
}

core::running_call_ptr memory_put::invoke(core::tool_call call, callback<void(result<core::json>)> done) {
  const auto& value = call.arguments["value"];
  std::optional<std::string> kept;
  if (!value.is_null()) kept = value.dump(-1, ' ', false, core::json::error_handler_t::replace);
  memory_.put(std::move(call.who), std::move(call.context_id), call.arguments["key"].get<std::string>(), std::move(kept),
              [done = std::move(done)](result<void> stored) mutable {
                if (!stored) return done(named("memory_put", std::move(stored).error()));
                done(core::json{{"stored", true}});
              });
  return nullptr;
}

std::string_view memory_get::description() const noexcept {
  return "The value that was remembered under a key in this conversation, or null";
}

const core::json& memory_get::parameters() const noexcept {
  static const core::json schema{
      {"type", "object"}, {"properties", {{"key", key_schema()}}}, {"required", {"key"}}, {"additionalProperties", false}};
  return schema;
}

core::running_call_ptr memory_get::invoke(core::tool_call call, callback<void(result<core::json>)> done) {
  memory_.get(std::move(call.who), std::move(call.context_id), call.arguments["key"].get<std::string>(),
              [done = std::move(done)](result<std::optional<std::string>> found) mutable {
                if (!found) return done(named("memory_get", std::move(found).error()));
                auto value = *found ? core::json::parse(**found, nullptr, false) : core::json();
                if (value.is_discarded()) return done(fail(errc::corrupt, "memory_get: the stored value is not JSON"));
                done(core::json{{"value", std::move(value)}});
              });
  return nullptr;
}

}  // namespace mofa::tools
