#include "server/models/anthropic/anthropic_dialect.hpp"

#include "protocols/core/token_estimate.hpp"
#include "server/models/anthropic/request.hpp"
#include "server/models/anthropic/stream_decoder.hpp"

namespace mofa::models {
namespace {

std::string url_of(std::string_view base) {
  while (base.ends_with('/')) base.remove_suffix(1);
  return joined_url(base, base.ends_with("/v1") ? "messages" : "v1/messages");
}

class messages final : public dialect {
 public:
  explicit messages(access where) : url_(url_of(where.base_url)), key_(std::move(where.api_key)) {}

  http_client::request request_for(const core::model_request& what) const override {
    auto out = post_json(url_, what, anthropic_body(what));
    out.headers.push_back({"anthropic-version", "2023-06-01"});
    if (!key_.empty()) out.headers.push_back({"x-api-key", key_});
    return out;
  }

  std::unique_ptr<stream_reader> reader_for(const core::model_request& what) const override {
    return std::make_unique<reader_of<anthropic_decoder>>(core::tool_names{what.tools}, core::estimated_input_tokens(what));
  }

 private:
  std::string url_;
  std::string key_;
};

}  // namespace

std::shared_ptr<const dialect> anthropic_dialect(access where) { return std::make_shared<messages>(std::move(where)); }

}  // namespace mofa::models
