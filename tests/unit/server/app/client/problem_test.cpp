#include "server/app/client/problem.hpp"

#include <doctest/doctest.h>

namespace mofa::app::client {
namespace {

using strings = std::vector<std::string>;

TEST_CASE("a refusal is the problem's detail, its places, and the fix") {
  const auto why = refusal(422,
                           R"({"status":422,"detail":"the body is not a task","code":"invalid","errors":[
                             {"path":"/prority","message":"unknown member 'prority'; did you mean 'priority'?"}]})",
                           "");
  CHECK(why.code == exit_code::refused);
  CHECK(why.lines ==
        strings{"refused: the body is not a task", "  /prority: unknown member 'prority'; did you mean 'priority'?"});
}

TEST_CASE("what is not found is looked for in the list that it would be in") {
  const auto agent = refusal(
      404, R"({"detail":"no agent 'ecco'; did you mean 'echo'?","code":"not_found","instance":"/api/v1/agents/ecco/tasks"})",
      "");
  CHECK(agent.lines ==
        strings{"refused: no agent 'ecco'; did you mean 'echo'?", "fix: `mofa agents list` shows who is there"});
  const auto task = refusal(404, R"({"detail":"no such task","code":"not_found","instance":"/api/v1/tasks/x"})", "");
  CHECK(task.lines.back().find("mofa tasks list") != std::string::npos);
  const auto path = refusal(404, R"({"detail":"nothing is here","code":"not_found","instance":"/other"})", "");
  CHECK(path.lines.back().find("--url") != std::string::npos);
}

TEST_CASE("credentials that are missing are told with where they go, and a full server with when to try again") {
  CHECK(refusal(401, R"({"detail":"no key","code":"unauthenticated"})", "").lines.back().find("MOFA_API_KEY") !=
        std::string::npos);
  CHECK(refusal(429, R"({"detail":"the queue is full","code":"queue_full"})", "7").lines.back() == "fix: try again in 7 s");
}

TEST_CASE("an answer that is no problem is told by its status, and cannot write on the terminal") {
  CHECK(refusal(502, "<html>", "").lines == strings{"refused: HTTP 502, and no reason was given"});
  CHECK(refusal(400, "{\"detail\":\"a\\u001b[2Jb\"}", "").lines.front() == "refused: a[2Jb");
}

}  // namespace
}  // namespace mofa::app::client
