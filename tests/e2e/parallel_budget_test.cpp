#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/conversation.hpp"
#include "tests/support/test_server.hpp"

namespace mofa::test {
namespace {

constexpr int calls = 1'000;

/// An agent whose model asks another agent a thousand times in one answer.
class crowd {
 public:
  crowd() {
    std::ofstream rules{folder_.path() / "crowd.yaml"};
    rules << "rules:\n  - when: {text: \"^spread\"}\n    usage: {input: 20, output: 20}\n    call:\n";
    for (int i = 0; i < calls; ++i) rules << "      - {tool: \"agent:worker\", arguments: {message: \"work\"}}\n";
    rules << "  - when: {text: \"^work\"}\n    usage: {input: 5, output: 30}\n    say: \"worked\"\n"
             "  - when: {tool: \"agent:worker\"}\n    usage: {input: 50, output: 10}\n    say: \"all of them have "
             "answered\"\n";
    std::filesystem::create_directory(folder_.path() / "agents");
    std::ofstream{folder_.path() / "agents/lead.yaml"} << "name: lead\nkind: llm\ntools: [\"agent:worker\"]\n"
                                                          "model: {provider: crowd, name: crowd, max_output_tokens: 100}\n";
    std::ofstream{folder_.path() / "agents/worker.yaml"}
        << "name: worker\nkind: llm\nmodel: {provider: crowd, name: crowd, max_output_tokens: 30}\n";
  }
  server_plan plan() const {
    return {.definitions = {(folder_.path() / "agents").string()},
            .settings = "models:\n  default: [crowd/crowd]\n  providers:\n    crowd: {kind: scripted, file: " +
                        (folder_.path() / "crowd.yaml").string() + "}\n"};
  }

 private:
  scratch_folder folder_;
};

std::int64_t tokens_of(const json& usage) {
  return usage.value("input_tokens", std::int64_t{0}) + usage.value("output_tokens", std::int64_t{0});
}

/// What the journal of a task says of its budget, and of what it asked of others.
struct account {
  std::int64_t used = 0, held = 0, most = 0;
  int answered = 0;
  std::map<std::string, int> failures;  ///< by their codes
};

account audit(const std::vector<stream_event>& events) {
  account out;
  std::map<std::string, json> requests;
  const auto held_by = [](const json& request) {
    return request.contains("denied") ? 0 : request.at("reserve").value("tokens", std::int64_t{0});
  };
  for (const auto& one : events) {
    const auto data = json::parse(one.data).at("data");
    if (one.event == "effect_requested") {
      requests[data.at("effect_id")] = data;
      out.held += held_by(data);
    }
    if (one.event == "effect_resolved") {
      const auto& request = requests.at(data.at("effect_id"));
      out.held -= held_by(request);
      out.used += tokens_of(data.value("usage", json::object()));
      if (request.at("type") == "child" && !data.contains("error")) ++out.answered;
      if (data.contains("error"))
        ++out.failures[request.at("type").get<std::string>() + " " + data.at("error").at("code").get<std::string>()];
    }
    out.most = std::max(out.most, out.used + out.held);
  }
  return out;
}

struct served {
  crowd all;
  test_server server{all.plan()};
  served() {
    const bool started = server.start();
    REQUIRE_MESSAGE(started, server.errors());
  }
};

json with_budget(std::int64_t tokens) { return {{"budget", {{"max_tokens", tokens}}}}; }

TEST_CASE("a thousand calls in one answer run against one budget, and what they use is what it says") {
  served at;
  conversation with{at.server.port()};
  const auto lead = with.ended(id_of(with.submit("lead", "spread", with_budget(400'000))));
  CHECK_MESSAGE(state_of(lead) == "completed", lead.dump());
  const auto sum = audit(with.events(id_of(lead)));
  CHECK(sum.most <= 400'000);
  CHECK(sum.held == 0);
  CHECK(sum.answered == calls);
  CHECK(sum.used == 40 + 35 * calls + 60);
  CHECK(sum.used == tokens_of(lead.at("usage")));
}

TEST_CASE("where a thousand calls do not fit each is refused before it is made, and the budget is not overstepped") {
  served at;
  conversation with{at.server.port()};
  // Each share is too small for what the other agent's model is asked.
  const auto lead = with.ended(id_of(with.submit("lead", "spread", with_budget(20'000))));
  CHECK(state_of(lead) == "failed");
  CHECK(lead.at("status").at("code") == "limit_exceeded");
  auto sum = audit(with.events(id_of(lead)));
  CHECK(sum.most <= 20'000);
  CHECK(sum.held == 0);
  CHECK(sum.used == 40);
  CHECK(sum.answered == 0);
  CHECK(sum.failures["child upstream_failed"] == calls);
  CHECK(sum.failures["model limit_exceeded"] == 1);
  const auto children = with.read("/api/v1/tasks?parent_id=" + id_of(lead)).at("items");
  REQUIRE(!children.empty());
  for (const auto& one : children) {
    CHECK(one.at("status").at("code") == "limit_exceeded");
    CHECK(tokens_of(one.at("usage")) == 0);
  }
}

}  // namespace
}  // namespace mofa::test
