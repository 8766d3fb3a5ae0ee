#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "actors/scenario/kind.hpp"
#include "actors/task/journaled_task.hpp"
#include "protocols/document/document.hpp"

using namespace mofa;
using core::json;

namespace {

// ctest runs the tests in the root of the repository.
const std::filesystem::path journals = "tests/journals";

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  REQUIRE_MESSAGE(in.good(), file.string());
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// Every "<release>/<name>" that was recorded.
std::vector<std::filesystem::path> recorded() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{journals})
    if (entry.path().extension() == ".jsonl") out.push_back(entry.path());
  return out;
}

core::loaded_task read_journal(const std::filesystem::path& file) {
  core::loaded_task out;
  std::istringstream in{text_of(file)};
  for (std::string line; std::getline(in, line);) {
    const auto read = json::parse(line);
    auto event = std::make_shared<core::event>();
    event->task = task_id::parse(read.at("task_id").get<std::string>()).value();
    event->seq = read.at("seq");
    event->kind = read.at("kind");
    event->version = read.at("version");
    event->at = parse_rfc3339(read.at("at").get<std::string>()).value();
    event->data = read.at("data").dump();
    // The bytes that clients were sent are the bytes that they are sent now.
    CHECK(core::to_json_text(*event) == line);
    out.row.id = event->task;
    out.row.last_seq = out.row.decided_seq = event->seq;
    out.events.push_back(std::move(event));
  }
  return out;
}

/// The members of the recorded task that a fold of its events must give.
json folded(const task::envelope& state) {
  const auto& row = state.row;
  json out{{"id", row.id.str()},
           {"agent", row.agent},
           {"agent_version", row.agent_version},
           {"context_id", row.context_id},
           {"artifacts", json::array()},
           {"history", json::array()},
           {"priority", core::to_string(row.priority)},
           {"created_at", to_rfc3339(row.created_at)},
           {"updated_at", to_rfc3339(row.updated_at)},
           {"last_event", row.last_seq},
           {"labels", row.labels}};
  out["status"] = {{"state", core::to_string(row.status.state)}, {"timestamp", to_rfc3339(row.status.timestamp)}};
  out["status"]["code"] = row.status.code.empty() ? json{} : json(row.status.code);
  out["status"]["message"] = row.status.message ? core::to_json(*row.status.message) : json{};
  out["usage"] = {{"tool_calls", row.usage.tool_calls}};
  for (const auto& artifact : state.artifacts) out["artifacts"].push_back(core::to_json(artifact));
  for (const auto& message : state.history) out["history"].push_back(core::to_json(message));
  return out;
}

json expected(const std::filesystem::path& file, const json& like) {
  const auto whole = json::parse(text_of(file));
  json out = json::object();
  for (const auto& member : like.items()) out[member.key()] = whole.at(member.key());
  out["usage"] = {{"tool_calls", whole.at("usage").at("tool_calls")}};
  return out;
}

task::journaled_task::owner owner_of(const std::string& agent) {
  const auto read = document::read_yaml(text_of("config/agents/" + agent + ".yaml"), agent);
  REQUIRE(read);
  const auto kind = scenario::make_kind({{"clock", true}});
  auto definition = core::definition_from_json(read->value, kind->members());
  REQUIRE(definition);
  auto behaviour = kind->compile(*definition);
  REQUIRE(behaviour);
  return {std::make_shared<const core::definition>(std::move(*definition)), *behaviour, 1};
}

}  // namespace

TEST_CASE("there are recorded journals of the first release") {
  CHECK(std::filesystem::exists(journals / "0.1.0" / "echo.jsonl"));
  CHECK(recorded().size() >= 4);
}

TEST_CASE("every recorded journal folds to the task that was recorded with it") {
  for (const auto& file : recorded()) {
    CAPTURE(file.string());
    const auto state = folded(task::journaled_task::fold(read_journal(file)));
    CHECK(state == expected(std::filesystem::path{file}.replace_extension(".json"), state));
  }
}

TEST_CASE("every recorded journal is one that this binary can go on with, from each of its decisions") {
  for (const auto& file : recorded()) {
    CAPTURE(file.string());
    const auto whole = read_journal(file);
    const auto owner = owner_of(task::journaled_task::fold(whole).row.agent);
    for (std::size_t count = 1; count <= whole.events.size(); ++count) {
      auto part = whole;
      part.events.resize(count);
      // As if the process had stopped right after this event, its facts undecided from the last one on.
      part.row.last_seq = count;
      part.row.decided_seq = count - 1;
      const auto restored = task::journaled_task::restore(owner, part);
      if (!restored) FAIL(restored.error().detail);
      CHECK(restored->undecided() == core::is_fact(part.events.back()->kind));
    }
    const auto ended = task::journaled_task::restore(owner, whole);
    REQUIRE(ended);
    CHECK(ended->ended());
  }
}
