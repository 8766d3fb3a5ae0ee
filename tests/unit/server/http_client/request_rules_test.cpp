#include "server/http_client/request_rules.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using http_client::change_for_redirect;
using http_client::check_request;
using http_client::request;

namespace {

request posted() {
  request out;
  out.method = "POST";
  out.body = "{}";
  out.headers = {{"Authorization", "Bearer s"}, {"x-api-key", "s"},         {"Cookie", "s"},
                 {"Accept", "text/plain"},      {"content-type", "a/json"}, {"Content-Language", "en"}};
  return out;
}

std::string names(const request& of) {
  std::string out;
  for (const auto& each : of.headers) out += (out.empty() ? "" : " ") + each.name;
  return out;
}

}  // namespace

TEST_CASE("a request that would break out of its line is refused, and a secret is not repeated") {
  const auto detail_of = [](const request& what) {
    const auto checked = check_request(what);
    return checked ? std::string{} : checked.error().detail;
  };
  request what = posted();
  CHECK(detail_of(what).empty());
  what.method = "GET / HTTP/1.1\r\nX:";
  CHECK(detail_of(what) == "the method of a request must be a token such as GET");
  what.method = "";
  CHECK_FALSE(detail_of(what).empty());
  what.method = "CONNECT";
  CHECK_FALSE(detail_of(what).empty());
  what.method = "GET";
  what.headers = {{"X-Key", "secret\r\nHost: other"}};
  CHECK(detail_of(what) == "the header X-Key of the request has a control character in it");
  what.headers = {{"X: y", "z"}};
  CHECK(detail_of(what) == "a header of the request has a name that is no token");
  for (const auto* name : {"Host", "content-length", "Transfer-Encoding", "Connection"}) {
    what.headers = {{name, "x"}};
    CHECK(detail_of(what) == "the header " + std::string{name} + " is not for the asker to set");
  }
}

TEST_CASE("a redirect keeps method and body, or makes the request a GET without them") {
  for (const int status : {301, 302, 303}) {
    auto what = posted();
    change_for_redirect(what, status, true);
    CHECK(what.method == "GET");
    CHECK(what.body.empty());
    CHECK(names(what) == "Authorization x-api-key Cookie Accept");
  }
  for (const int status : {307, 308}) {
    auto what = posted();
    change_for_redirect(what, status, true);
    CHECK(what.method == "POST");
    CHECK(what.body == "{}");
    CHECK(names(what) == names(posted()));
  }
  auto put = posted();
  put.method = "PUT";
  change_for_redirect(put, 302, true);
  CHECK(put.method == "PUT");
  auto head = posted();
  head.method = "HEAD";
  change_for_redirect(head, 303, true);
  CHECK(head.method == "HEAD");
}

TEST_CASE("to another origin goes nothing that may be a secret") {
  auto what = posted();
  change_for_redirect(what, 307, false);
  CHECK(names(what) == "Accept content-type Content-Language");
  change_for_redirect(what, 303, false);
  CHECK(names(what) == "Accept");
}
