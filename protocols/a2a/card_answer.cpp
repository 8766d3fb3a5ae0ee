#include "protocols/a2a/card_answer.hpp"

#include <algorithm>
#include <utility>

#include "server/base/digest.hpp"
#include "server/base/http_date.hpp"

namespace mofa::a2a {
namespace {

/// Whether the client's copy is this one. An entity tag has no quote within it, so it is in the list when its text is.
bool has_it(const known_copy& known, const std::string& tag, const std::optional<modification>& modified) {
  if (!known.none_match.empty()) return known.none_match == "*" || known.none_match.find(tag) != std::string::npos;
  const auto date = modified ? parse_http_date(known.modified_since) : std::nullopt;
  return date && modified->at <= *date;
}

}  // namespace

known_copy copy_of(const http::request& from) {
  return {std::string{from.header("if-none-match").value_or("")},
          std::string{from.header("if-modified-since").value_or("")}};
}

http::response card_answer(std::string text, const known_copy& known, bool open,
                           const std::optional<modification>& modified) {
  const auto tag = '"' + sha256_hex(text) + '"';
  http::response out;
  out.headers = {
      {"ETag", tag}, {"Cache-Control", open ? "public, max-age=60" : "private, max-age=60"}, {"Vary", "A2A-Version"}};
  // RFC 9110, section 8.8.2.1: not later than the answer.
  if (modified) out.headers.emplace_back("Last-Modified", to_http_date(std::min(modified->at, modified->now)));
  if (has_it(known, tag, modified)) {
    out.status = 304;
    return out;
  }
  out.content_type = "application/json";
  out.body = std::move(text);
  return out;
}

}  // namespace mofa::a2a
