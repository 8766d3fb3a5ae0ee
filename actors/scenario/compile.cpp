#include "actors/scenario/compile.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>

#include "actors/scenario/reader.hpp"
#include "actors/scenario/step_reader.hpp"

namespace mofa::scenario {
namespace {

using name_set = std::set<std::string, std::less<>>;

const name_set& own_variables() {
  static const name_set known{"text", "answer", "result", "error"};
  return known;
}

/// \C matches one byte, also in the middle of a character: its group would not be text.
bool matches_single_bytes(std::string_view pattern) {
  for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != '\\') continue;
    if (pattern[++i] == 'C') return true;
  }
  return false;
}

std::shared_ptr<const re2::RE2> expression_at(reader& checks, const json& object, const std::string& path,
                                              std::string_view name) {
  const auto pattern = checks.text(object, path, name, false);
  if (!pattern) return nullptr;
  if (matches_single_bytes(*pattern)) {
    checks.fault(below(path, name), "not a valid regular expression: \\C is not supported");
    return nullptr;
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto made = std::make_shared<const re2::RE2>(*pattern, options);
  if (made->ok()) return made;
  checks.fault(below(path, name), "not a valid regular expression (RE2): " + made->error());
  return nullptr;
}

condition condition_of(reader& checks, const json& when, const std::string& path) {
  static constexpr std::array<std::string_view, 4> known{"text", "message_id", "metadata", "turn"};
  condition made;
  if (!checks.object(when, path, known)) return made;
  made.text = expression_at(checks, when, path, "text");
  made.message_id = expression_at(checks, when, path, "message_id");
  if (made.text) {
    for (const auto& [name, index] : made.text->NamedCapturingGroups()) {
      if (own_variables().contains(name)) {
        checks.fault(below(path, "text"), "the group cannot be named '" + name + "': that is a variable of every scenario");
      }
      made.groups.emplace_back(static_cast<std::size_t>(index), name);
    }
  }
  if (const auto* metadata = checks.member(when, path, "metadata", false)) {
    if (!metadata->is_object()) checks.fault(below(path, "metadata"), "must be an object");
    made.metadata = *metadata;
  }
  if (const auto* turn = checks.member(when, path, "turn", false)) {
    made.turn = checks.integer(*turn, below(path, "turn"), 1, 1'000'000);
  }
  return made;
}

/// The members of one rule, its steps not yet read.
struct raw_rule {
  condition when;
  const json* steps = nullptr;
  std::string path;  // of the steps
};

std::vector<raw_rule> rules_of(reader& checks, const json& list, const std::string& path) {
  static constexpr std::array<std::string_view, 2> known{"when", "do"};
  std::vector<raw_rule> found;
  if (!checks.filled_list(list, path)) return found;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto here = below(path, i);
    if (!checks.object(list[i], here, known)) continue;
    raw_rule one;
    if (const auto* when = checks.member(list[i], here, "when", true))
      one.when = condition_of(checks, *when, below(here, "when"));
    one.steps = checks.member(list[i], here, "do", true);
    one.path = below(here, "do");
    found.push_back(std::move(one));
  }
  return found;
}

error refusal(const std::vector<field_error>& faults) {
  auto detail = faults.front().path + ": " + faults.front().message;
  if (faults.size() > 1) detail += " (and " + std::to_string(faults.size() - 1) + " more)";
  return {errc::invalid, std::move(detail), faults};
}

}  // namespace

bool script::uses(std::string_view variable) const { return std::binary_search(used.begin(), used.end(), variable); }

result<script> compile(const json& document, const tool_names& tools) {
  reader checks;
  script made;
  if (!document.is_object()) return fail(errc::invalid, "a definition must be an object");
  const auto* rules = checks.member(document, "", "rules", false);
  const auto* otherwise = checks.member(document, "", "otherwise", false);
  if (rules == nullptr && otherwise == nullptr) checks.fault("", "a scenario needs 'rules' or 'otherwise'");

  // All conditions first: a task may go through several rules and keeps the groups of the earlier ones.
  std::vector<raw_rule> raw;
  if (rules != nullptr) raw = rules_of(checks, *rules, "/rules");
  auto variables = own_variables();
  for (const auto& one : raw) {
    for (const auto& [index, name] : one.when.groups) variables.insert(name);
  }

  step_reader steps{checks, tools, variables};
  for (auto& one : raw) {
    made.rules.push_back({std::move(one.when), {}});
    if (one.steps != nullptr) made.rules.back().steps = steps.read(*one.steps, one.path);
  }
  if (otherwise != nullptr) made.otherwise = steps.read(*otherwise, "/otherwise");
  made.used.assign(steps.used().begin(), steps.used().end());

  if (!checks.faults().empty()) return refusal(checks.faults());
  return made;
}

}  // namespace mofa::scenario
