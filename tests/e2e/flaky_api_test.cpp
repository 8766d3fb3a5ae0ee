#include <set>
#include <sstream>

#include "tests/e2e/cli_run.hpp"
#include "tests/e2e/shared_server.hpp"

namespace mofa::test {
namespace {

/// "attempt error" of each retry, as the stream shows them; and the outcome of the call.
std::vector<std::string> retries_of(event_stream& stream, json& outcome) {
  std::vector<std::string> out;
  std::set<std::string> effects;
  while (const auto one = stream.next()) {
    const auto data = json::parse(one->data);
    if (one->event == "progress") {
      CHECK(one->id.empty());
      CHECK(data.at("retry_in_ms") > 0);
      effects.insert(data.at("effect_id").get<std::string>());
      out.push_back(std::to_string(data.at("attempt").get<int>()) + " " + data.at("error").get<std::string>());
    }
    if (one->event == "effect_resolved") outcome = data.at("data");
  }
  CHECK(effects == std::set<std::string>{outcome.value("effect_id", "")});
  return out;
}

TEST_CASE_FIXTURE(with_server, "flaky_api shows its two retries while it works, and how many attempts it took afterwards") {
  const auto before = metric(with, "mofa_model_retries_total{provider=\"flaky\"}");
  event_stream stream{server.port(), "POST", "/api/v1/agents/flaky_api/tasks", message_body("hello")};
  REQUIRE(stream.status() == 200);
  json outcome;
  const auto retries = retries_of(stream, outcome);
  CHECK(stream.complete());
  CHECK(retries ==
        std::vector<std::string>{"1 flaky/flaky: HTTP 429: too many requests", "2 flaky/flaky: HTTP 503: overloaded"});
  CHECK(outcome.at("value").at("attempts") == 3);
  CHECK(outcome.at("value").at("text") == "The third time is lucky: hello");
  CHECK(metric(with, "mofa_model_retries_total{provider=\"flaky\"}") == before + 2);
}

TEST_CASE_FIXTURE(with_server, "mofa call tells each retry of flaky_api in a line") {
  const auto got = mofa({"call", "flaky_api", "hello"}, {{"MOFA_URL", "127.0.0.1:" + std::to_string(server.port())}});
  CHECK(got.code == 0);
  CHECK(got.output == "The third time is lucky: hello\n");
  CHECK(got.errors.find("attempt 1 failed: flaky/flaky: HTTP 429: too many requests; trying again in 1.0 s") !=
        std::string::npos);
  CHECK(got.errors.find("attempt 2 failed: flaky/flaky: HTTP 503: overloaded; trying again in ") != std::string::npos);
  CHECK(got.errors.find("attempt 3") == std::string::npos);
}

TEST_CASE_FIXTURE(with_server, "the command in a sample prints the line that the sample promises") {
  for (const auto* sample : {"flaky_api", "envoy"}) {
    CAPTURE(sample);
    std::istringstream lines{file_text(source_folder() / "config/agents" / (std::string{sample} + ".yaml"))};
    std::string shows, run, ends;
    std::getline(lines, shows);
    std::getline(lines, run);
    std::getline(lines, ends);
    REQUIRE(run.starts_with("# run:   "));
    REQUIRE(ends.starts_with("# ends:  "));
    auto command = run.substr(9);
    command.replace(command.find("127.0.0.1:8080"), 14, "127.0.0.1:" + std::to_string(server.port()));
    const auto got = shell(command + " | tail -n 1");
    CHECK(got.output == ends.substr(9) + "\n");
  }
}

TEST_CASE("mofa call brings data to an agent with an input_schema, with a text or without") {
  test_server server{{.definitions = {"tests/e2e/agents/input"}}};
  REQUIRE_MESSAGE(server.start(), server.errors());
  const environment_map there{{"MOFA_URL", "127.0.0.1:" + std::to_string(server.port())}};
  const auto got = mofa({"call", "forecaster", "--data", R"({"city": "Bern"})"}, there);
  CHECK(got.code == 0);
  CHECK(got.output == "{\"city\":\"Bern\"}\n");
  CHECK(mofa({"call", "forecaster", "please", "--data", R"({"city": "Bern"})"}, there).output == "please\n");
  const auto refused = mofa({"call", "forecaster", "Bern"}, there);
  CHECK(refused.code == 4);
  CHECK(refused.errors.find("/message: must have a part") != std::string::npos);
  CHECK(mofa({"call", "forecaster", "--data", "{city"}, there).code == 2);
  CHECK(mofa({"call", "--task", "x", "y", "--data", "{}"}, there).code == 2);
}

TEST_CASE("a circuit that opens is counted, and the attempts that it keeps back") {
  test_server server{{.definitions = {"config/agents"},
                      .settings = "models:\n  default: [flaky/flaky]\n  providers:\n    flaky: {kind: scripted, file: " +
                                  (source_folder() / "config/models/flaky.yaml").string() +
                                  ", patience: {attempts: 2, first_pause_ms: 0, longest_pause_ms: 0, breaker_failures: 1, "
                                  "breaker_pause_ms: 3600000}}\n"}};
  REQUIRE_MESSAGE(server.start(), server.errors());
  conversation with{server.port()};
  const auto first = with.ask("flaky_api", "hello");
  CHECK(first.at("status").at("code") == "model_failed");
  CHECK(text_of(first) == "flaky/flaky: HTTP 503: overloaded (after 2 attempts)");
  CHECK(text_of(with.ask("flaky_api", "hello")).find("left alone after 1 failures in a row") != std::string::npos);
  CHECK(metric(with, "mofa_model_retries_total{provider=\"flaky\"}") == 1);
  CHECK(metric(with, "mofa_model_circuits_opened_total{provider=\"flaky\"}") == 1);
  CHECK(metric(with, "mofa_model_circuit_refusals_total{provider=\"flaky\"}") == 1);
  CHECK(server.errors().find("circuit opened provider=flaky") != std::string::npos);
}

}  // namespace
}  // namespace mofa::test
