// The tool `http_get`: reads a page of the outside world for an agent, behind the guard of the HTTP client.
// Made by the app with the server's HTTP client, owned by the registry.
// Stateless; the answer comes on the client's thread.
#pragma once

#include "protocols/core/ports/tool.hpp"

namespace mofa::http_client {
class client;
}  // namespace mofa::http_client

namespace mofa::tools {

/// Arguments {"url", "max_bytes"?: up to 1 MiB, 256 KiB when not given}; value {"status", "content_type", "text" or
/// "base64", "truncated"}: every status is an answer. Errors of the client, named; address_refused is the guard. Destroying
/// the call closes the connection. The client must outlive the tool.
class http_get final : public core::tool {
 public:
  explicit http_get(http_client::client& outside) : outside_(outside) {}
  std::string_view name() const noexcept override { return "http_get"; }
  std::string_view description() const noexcept override;
  const core::json& parameters() const noexcept override;
  bool idempotent() const noexcept override { return true; }
  core::running_call_ptr invoke(core::tool_call call, callback<void(result<core::json>)> done) override;

 private:
  http_client::client& outside_;
};

}  // namespace mofa::tools
