#include "server/tools/http_get.hpp"

#include "server/http_client/client.hpp"
#include "server/tools/body.hpp"

namespace mofa::tools {
namespace {

constexpr std::size_t default_bytes = 256 * 1024;
constexpr std::size_t most_bytes = 1024 * 1024;
constexpr std::chrono::seconds patience{30};

/// Gathers the beginning of the body; what is beyond the cap ends the answer, and is no failure.
class page final : public http_client::listener {
 public:
  explicit page(callback<void(result<core::json>)> done) : done_(std::move(done)) {}

  void on_head(http_client::response_head head) override { head_ = std::move(head); }
  void on_data(std::string_view bytes) override { body_ += bytes; }

  void on_end(result<void> outcome) override {
    // The client says so too when the cap is reached before a head: then there is nothing to show.
    const bool truncated = !outcome && outcome.error().code == errc::payload_too_large && head_.status != 0;
    if (!outcome && !truncated) {
      auto why = std::move(outcome).error();
      why.detail = "http_get: " + why.detail;
      return done_(std::move(why));
    }
    done_(value(truncated));
  }

 private:
  core::json value(bool truncated) const {
    const auto* type = head_.find("content-type");
    core::json out{{"status", head_.status},
                   {"content_type", type != nullptr && is_text(*type) ? *type : ""},
                   {"truncated", truncated}};
    const auto whole = truncated ? without_cut_character(body_) : std::string_view{body_};
    if (is_text(whole)) {
      out["text"] = whole;
    } else {
      out["base64"] = base64(body_);
    }
    return out;
  }

  callback<void(result<core::json>)> done_;
  http_client::response_head head_;
  std::string body_;
};

}  // namespace

std::string_view http_get::description() const noexcept {
  return "Fetches a URL (http or https) and gives its status, content type and the beginning of its body";
}

const core::json& http_get::parameters() const noexcept {
  static const core::json schema{
      {"type", "object"},
      {"properties",
       {{"url", {{"type", "string"}, {"minLength", 1}, {"maxLength", 4096}}},
        {"max_bytes", {{"type", "integer"}, {"minimum", 1}, {"maximum", most_bytes}, {"default", default_bytes}}}}},
      {"required", {"url"}},
      {"additionalProperties", false}};
  return schema;
}

core::running_call_ptr http_get::invoke(core::tool_call call, callback<void(result<core::json>)> done) {
  http_client::request wanted;
  wanted.url = call.arguments["url"].get<std::string>();
  wanted.trust = http_client::profile::guarded;
  wanted.total_timeout = patience;
  wanted.max_body_bytes = call.arguments.value("max_bytes", default_bytes);
  return outside_.start(std::move(wanted), std::make_shared<page>(std::move(done)));
}

}  // namespace mofa::tools
