#include "server/models/remote/dialect.hpp"

#include <utility>

namespace mofa::models {

http_client::request post_json(std::string url, const core::model_request& what, std::string body) {
  http_client::request out;
  out.method = "POST";
  out.url = std::move(url);
  out.headers = {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}};
  if (!what.effect_id.empty()) out.headers.push_back({"Idempotency-Key", what.effect_id});
  out.body = std::move(body);
  return out;
}

std::string joined_url(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string out{base};
  out += '/';
  out += path;
  return out;
}

}  // namespace mofa::models
