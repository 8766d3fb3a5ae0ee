#include <fstream>
#include <sstream>

#include "protocols/document/document.hpp"
#include "tests/unit/actors/scenario/scenario_fixture.hpp"

using namespace mofa;
using namespace mofa::scenario::test;

namespace {

std::string file(const std::string& name) {
  // ctest runs the tests in the root of the repository.
  std::ifstream in{"config/agents/" + name + ".yaml"};
  REQUIRE(in.good());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

pure_host sample(const std::string& name) {
  const auto read = document::read_yaml(file(name), name);
  if (!read) FAIL(read.error().detail);
  const auto kind = scenario::make_kind({{"clock", true}});
  const auto definition = core::definition_from_json(read->value, kind->members());
  if (!definition) FAIL(document::explain(*read, definition.error()));
  CHECK(definition->name == name);
  const auto behaviour = kind->compile(*definition);
  if (!behaviour) FAIL(document::explain(*read, behaviour.error()));
  return pure_host{*behaviour};
}

/// The last line that the sample's own command prints, from its third line.
std::string promised_end(const std::string& name) {
  std::istringstream in{file(name)};
  std::string shows, run, ends;
  std::getline(in, shows);
  std::getline(in, run);
  std::getline(in, ends);
  CHECK(shows.starts_with("# shows: "));
  CHECK(run.starts_with("# run:   "));
  REQUIRE(ends.starts_with("# ends:  "));
  return ends.substr(9);
}

std::string last_said(const pure_host& host) { return R"("text":)" + json(said(host.newest("status_changed"))).dump(); }

}  // namespace

TEST_CASE("echo answers with what it was told") {
  auto host = sample("echo");
  CHECK(host.submit("hello") == kind_list{"status_changed"});
  CHECK(last_said(host) == promised_end("echo"));
}

TEST_CASE("weather asks for the day and leaves a forecast") {
  auto host = sample("weather");
  host.submit("weather in Paris");
  CHECK(host.row.status.state == core::task_state::input_required);
  CHECK(said(host.newest("status_changed")) == "For which day?");
  host.send("tomorrow");
  host.fire(host.newest("timer_set").at("timer_id"));
  CHECK(host.newest("artifact_updated").at("artifact").at("parts").at(0).at("text") == "Sunny in Paris, tomorrow.");
  CHECK(host.row.status.state == core::task_state::completed);
  CHECK(last_said(host) == promised_end("weather"));

  for (const auto* text : {"weather in São Paulo?", "Weather in Köln"}) {
    auto other = sample("weather");
    other.submit(text);
    CHECK(other.row.status.state == core::task_state::input_required);
  }
  auto lost = sample("weather");
  lost.submit("what time is it?");
  CHECK(lost.row.status.state == core::task_state::rejected);
}

TEST_CASE("long_haul takes 20 steps, and its log grows with each") {
  auto host = sample("long_haul");
  host.submit("go");
  int pauses = 0;
  while (host.row.status.state == core::task_state::working) {
    REQUIRE(++pauses <= 20);
    host.restart();
    host.fire(host.newest("timer_set").at("timer_id"));
    CHECK(host.count("artifact_updated") == static_cast<std::size_t>(pauses));
    CHECK(host.newest("artifact_updated").at("append") == (pauses > 1));
  }
  CHECK(pauses == 20);
  CHECK(host.newest("artifact_updated").at("last") == true);
  CHECK(last_said(host) == promised_end("long_haul"));
}

TEST_CASE("phoenix crashes twice, then answers") {
  auto host = sample("phoenix");
  host.submit("rise");
  CHECK(host.count("behaviour_crashed") == 2);
  CHECK(last_said(host) == promised_end("phoenix"));
}
