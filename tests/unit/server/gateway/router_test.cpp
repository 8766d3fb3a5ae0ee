#include "server/gateway/router.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using gateway::router;

namespace {

http::route route(std::string method, std::string pattern) {
  return {std::move(method), std::move(pattern), std::nullopt, [](http::request, http::responder) {}};
}

router make(std::vector<std::pair<std::string, std::string>> routes) {
  http::route_table table;
  for (auto& [method, pattern] : routes) table.push_back(route(method, pattern));
  auto made = router::make(std::move(table));
  REQUIRE(made);
  return *std::move(made);
}

std::string pattern_of(const router& routes, std::string_view path) {
  const auto found = routes.find(path);
  return found ? found->where->pattern : std::string{to_string(found.error().code)};
}

std::string refusal_of(http::route_table table) {
  const auto made = router::make(std::move(table));
  return made ? std::string{} : made.error().detail;
}

}  // namespace

TEST_CASE("a literal path is matched whole") {
  const auto routes = make({{"GET", "/livez"}, {"GET", "/"}, {"GET", "/api/v1/agents"}});
  CHECK(pattern_of(routes, "/livez") == "/livez");
  CHECK(pattern_of(routes, "/") == "/");
  CHECK(pattern_of(routes, "/api/v1/agents") == "/api/v1/agents");
  for (const char* unknown :
       {"/livez/", "/Livez", "/api/v1", "/api/v1/agents/", "//livez", "livez", "", "/api//v1/agents"}) {
    CAPTURE(unknown);
    CHECK(pattern_of(routes, unknown) == "not_found");
  }
}

TEST_CASE("parameters are named by the pattern and percent-decoded") {
  const auto routes = make({{"GET", "/contexts/{id}/messages/{n}"}});
  const auto found = routes.find("/contexts/a%2Fb%20c/messages/7");
  REQUIRE(found);
  CHECK(found->parameters == http::parameter_list{{"id", "a/b c"}, {"n", "7"}});
  CHECK(pattern_of(routes, "/contexts//messages/7") == "not_found");
}

TEST_CASE("a parameter that is not well percent-encoded is a syntax error that names it") {
  const auto routes = make({{"GET", "/tasks/{id}"}});
  const auto found = routes.find("/tasks/%zz");
  REQUIRE_FALSE(found);
  CHECK(found.error().code == errc::invalid_syntax);
  CHECK(found.error().detail == "path parameter 'id': a percent sign needs two hex digits");
}

TEST_CASE("a literal segment wins over a parameter, which is tried when the rest does not fit") {
  const auto routes = make({{"GET", "/t/{id}"}, {"GET", "/t/all"}, {"GET", "/t/{id}/x"}, {"GET", "/t/all/y"}});
  CHECK(pattern_of(routes, "/t/all") == "/t/all");
  CHECK(pattern_of(routes, "/t/7") == "/t/{id}");
  CHECK(pattern_of(routes, "/t/all/x") == "/t/{id}/x");
  CHECK(pattern_of(routes, "/t/all/y") == "/t/all/y");
  CHECK(pattern_of(routes, "/t/7/y") == "not_found");
}

TEST_CASE("a custom method is the verb after the last colon of its segment") {
  const auto routes = make({{"POST", "/tasks/{id}:cancel"}, {"GET", "/tasks/{id}"}, {"POST", "/agents/{name}:pause"}});
  const auto found = routes.find("/tasks/a:b:cancel");
  REQUIRE(found);
  CHECK(found->where->pattern == "/tasks/{id}:cancel");
  CHECK(found->parameters == http::parameter_list{{"id", "a:b"}});
  CHECK(pattern_of(routes, "/tasks/a%3Acancel") == "/tasks/{id}");
  CHECK(pattern_of(routes, "/tasks/a:other") == "/tasks/{id}");
  CHECK(pattern_of(routes, "/tasks/:cancel") == "/tasks/{id}");
  CHECK(pattern_of(routes, "/agents/a:resume") == "not_found");
}

TEST_CASE("a path knows its methods, and HEAD is answered by GET") {
  const auto routes = make({{"GET", "/tasks/{id}"}, {"DELETE", "/tasks/{id}"}, {"POST", "/tasks"}});
  const auto found = routes.find("/tasks/7");
  REQUIRE(found);
  CHECK(found->where->allow == "GET, HEAD, DELETE, OPTIONS");
  CHECK(found->where->route_for("HEAD") == found->where->route_for("GET"));
  CHECK(found->where->route_for("DELETE")->method == "DELETE");
  CHECK(found->where->route_for("POST") == nullptr);
  CHECK(found->where->route_for("get") == nullptr);
  CHECK(routes.find("/tasks")->where->route_for("HEAD") == nullptr);
}

TEST_CASE("a table with a bad pattern or the same route twice is refused") {
  CHECK(refusal_of({route("GET", "livez")}) == "route 'livez' does not begin with '/'");
  CHECK(refusal_of({route("GET", "/a/{x")}) == "route '/a/{x': '{x' is neither {x} nor {x}:verb");
  CHECK(refusal_of({route("GET", "/a/{}")}) == "route '/a/{}': '{}' is neither {x} nor {x}:verb");
  CHECK(refusal_of({route("GET", "/a/b{x}")}) == "route '/a/b{x}': 'b{x}' is neither {x} nor {x}:verb");
  CHECK(refusal_of({route("GET", "/a/{x}y")}) == "route '/a/{x}y': '{x}y' is neither {x} nor {x}:verb");
  CHECK(refusal_of({route("GET", "/a/{x}:")}) == "route '/a/{x}:': '{x}:' is neither {x} nor {x}:verb");
  CHECK(refusal_of({route("GET", "/a/{x}"), route("GET", "/a/{y}")}) == "route 'GET /a/{y}' is there twice");
}

TEST_CASE("a long path of many segments is refused without trouble") {
  const auto routes = make({{"GET", "/{a}/{b}"}});
  std::string path;
  for (int i = 0; i < 100'000; ++i) path += "/x";
  CHECK(pattern_of(routes, path) == "not_found");
}

TEST_CASE("what belongs to no route is refused in the form of the longest pattern that it is at or below") {
  const auto form = [](const char* words) {
    return [words](const error&) {
      return http::response{.status = 400, .headers = {}, .body = words, .content_type = {}, .stream = {}};
    };
  };
  http::route_table table;
  table.push_back(http::form_below("/a2a", form("new")));
  table.push_back(http::form_below("/a2a/{agent}/v1", form("old")));
  table.push_back(route("GET", "/a2a/{agent}/tasks/{id}"));
  table.back().refuse = form("route");
  table.push_back(route("GET", "/a2a/{agent}/{tenant}/tasks"));
  table.push_back(route("GET", "/other/{id}"));
  const auto made = router::make(std::move(table));
  REQUIRE(made);
  const auto words = [&](std::string_view path) {
    const auto* found = made->form_for(path);
    return found == nullptr ? std::string{"none"} : found->refuse ? found->refuse(error{}).body : std::string{"plain"};
  };
  for (const char* path :
       {"/a2a", "/a2a/", "/a2a/r/message:shout", "/a2a/r/tasks/", "/a2a/r//x", "/a2a//x", "/a2a/r/v2/things"}) {
    CAPTURE(path);
    CHECK(words(path) == "new");
    CHECK(pattern_of(*made, path) == "not_found");
  }
  for (const char* path : {"/a2a/r/v1", "/a2a/r/v1/", "/a2a/r/v1/message:shout", "/a2a/r/v1/a/b/c"}) {
    CAPTURE(path);
    CHECK(words(path) == "old");
  }
  // A route has its own form, even where a parameter of it cannot be read.
  CHECK(words("/a2a/r/tasks/x") == "route");
  CHECK(words("/a2a/r/tasks/%ff") == "route");
  CHECK(pattern_of(*made, "/a2a/r/tasks/%ff") == "invalid_syntax");
  CHECK(words("/a2a/r/v1/tasks") == "plain");
  CHECK(words("/other/%zz") == "plain");
  for (const char* path : {"/", "/other", "/a2", "", "x", "/v1/x"}) CHECK(words(path) == "none");
}

TEST_CASE("a form of refusals is no route, and there is one of each pattern") {
  const auto words = [](const error&) { return http::response{}; };
  http::route_table table;
  table.push_back(http::form_below("/a2a", words));
  const auto alone = router::make(table);
  REQUIRE(alone);
  CHECK(pattern_of(*alone, "/a2a") == "not_found");
  table.push_back(http::form_below("/a2a", words));
  CHECK(refusal_of(std::move(table)) == "the form below '/a2a' is there twice");
}
