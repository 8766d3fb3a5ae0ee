#include "server/models/openai/openai_dialect.hpp"

#include "protocols/core/token_estimate.hpp"
#include "protocols/openai/request.hpp"
#include "protocols/openai/stream_decoder.hpp"

namespace mofa::models {
namespace {

class chat_completions final : public dialect {
 public:
  explicit chat_completions(access where)
      : url_(joined_url(where.base_url, "chat/completions")), key_(std::move(where.api_key)) {
    // OpenAI's newer models refuse max_tokens; other servers may not know its successor.
    flavour_.completion_tokens = where.base_url.starts_with("https://api.openai.com/");
  }

  http_client::request request_for(const core::model_request& what) const override {
    auto out = post_json(url_, what, openai::request_body(what, flavour_));
    if (!key_.empty()) out.headers.push_back({"Authorization", "Bearer " + key_});
    return out;
  }

  std::unique_ptr<stream_reader> reader_for(const core::model_request& what) const override {
    return std::make_unique<reader_of<openai::stream_decoder>>(core::tool_names{what.tools},
                                                               core::estimated_input_tokens(what));
  }

 private:
  std::string url_;
  std::string key_;
  openai::flavour flavour_;
};

}  // namespace

std::shared_ptr<const dialect> openai_dialect(access where) { return std::make_shared<chat_completions>(std::move(where)); }

}  // namespace mofa::models
