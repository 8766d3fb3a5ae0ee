#include "protocols/http/problem.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

using namespace mofa;
using nlohmann::json;

namespace {

std::string header_of(const http::response& answer, std::string_view name) {
  const auto found =
      std::find_if(answer.headers.begin(), answer.headers.end(), [&](const auto& each) { return each.first == name; });
  return found == answer.headers.end() ? std::string{} : found->second;
}

// The last enumerator ends the range.
constexpr int errc_count = static_cast<int>(errc::internal) + 1;

}  // namespace

TEST_CASE("every kind of failure has an HTTP status and a title") {
  for (int i = 0; i < errc_count; ++i) {
    const auto code = static_cast<errc>(i);
    CAPTURE(to_string(code));
    const auto kind = http::problem_kind_of(code);
    CHECK(kind.status >= 400);
    CHECK(kind.status <= 599);
    CHECK_FALSE(kind.title.empty());
    const bool ours = code == errc::io || code == errc::corrupt || code == errc::version_too_new ||
                      code == errc::unknown_outcome || code == errc::internal;
    CHECK((kind.status == 500) == ours);
  }
}

TEST_CASE("two kinds of failure never share a title") {
  std::set<std::string_view> titles;
  for (int i = 0; i < errc_count; ++i) titles.insert(http::problem_kind_of(static_cast<errc>(i)).title);
  CHECK(titles.size() == errc_count);
}

TEST_CASE("the statuses are those of the API") {
  const auto status = [](errc code) { return http::problem_kind_of(code).status; };
  CHECK(status(errc::invalid_syntax) == 400);
  CHECK(status(errc::unauthenticated) == 401);
  CHECK(status(errc::origin_not_allowed) == 403);
  CHECK(status(errc::not_found) == 404);
  CHECK(status(errc::task_not_cancelable) == 409);
  CHECK(status(errc::precondition_failed) == 412);
  CHECK(status(errc::unsupported_media_type) == 415);
  CHECK(status(errc::host_not_allowed) == 421);
  CHECK(status(errc::invalid) == 422);
  CHECK(status(errc::idempotency_mismatch) == 422);
  CHECK(status(errc::queue_full) == 429);
  CHECK(status(errc::header_too_large) == 431);
  CHECK(status(errc::storage_full) == 503);
  CHECK(status(errc::timeout) == 504);
}

TEST_CASE("a problem names the failure, the request and the places at fault") {
  const error why{errc::invalid, "the body breaks 1 rule", {{"/message", "missing"}}};
  const auto answer = http::problem(why, "/api/v1/tasks", "r-1");
  CHECK(answer.status == 422);
  CHECK(answer.content_type == "application/problem+json");
  CHECK(answer.headers.empty());
  CHECK(json::parse(answer.body) == json{{"type", "about:blank"},
                                         {"title", "Invalid content"},
                                         {"status", 422},
                                         {"detail", "the body breaks 1 rule"},
                                         {"instance", "/api/v1/tasks"},
                                         {"code", "invalid"},
                                         {"request_id", "r-1"},
                                         {"errors", json::array({{{"path", "/message"}, {"message", "missing"}}})}});
}

TEST_CASE("a full queue and a full server say when to try again") {
  error why{errc::queue_full, "full"};
  CHECK(header_of(http::problem(why, "/", "r"), "Retry-After") == "1");
  why.retry_after = std::chrono::seconds{7};
  CHECK(header_of(http::problem(why, "/", "r"), "Retry-After") == "7");
  CHECK(header_of(http::problem(fail(errc::unavailable, "x"), "/", "r"), "Retry-After") == "1");
  CHECK(header_of(http::problem(fail(errc::conflict, "x"), "/", "r"), "Retry-After").empty());
}

TEST_CASE("whoever ran into a limit is told its size") {
  error why{errc::queue_full, "full"};
  CHECK(header_of(http::problem(why, "/", "r"), "RateLimit").empty());
  why.limit = exhausted_limit{"queue", 100};
  why.retry_after = std::chrono::seconds{7};
  CHECK(header_of(http::problem(why, "/", "r"), "RateLimit") == "\"queue\";r=0;t=7");
  CHECK(header_of(http::problem(why, "/", "r"), "RateLimit-Policy") == "\"queue\";q=100;qu=\"concurrent-requests\"");
}

TEST_CASE("a missing key is answered with the scheme to use") {
  CHECK(header_of(http::problem(fail(errc::unauthenticated, "no key"), "/", "r"), "WWW-Authenticate") ==
        "Bearer realm=\"mofa\"");
}

TEST_CASE("a detail that quotes bytes which are not UTF-8 is still JSON") {
  const auto answer = http::problem(fail(errc::invalid_syntax, "bad \xff byte"), "/\xfe", "r");
  CHECK(json::parse(answer.body)["detail"] == "bad \xef\xbf\xbd byte");
}
