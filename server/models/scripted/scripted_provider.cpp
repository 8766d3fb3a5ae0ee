#include "server/models/scripted/scripted_provider.hpp"

#include <re2/re2.h>

#include <array>
#include <utility>
#include <variant>

#include "protocols/core/token_estimate.hpp"
#include "protocols/core/variables.hpp"
#include "protocols/document/document.hpp"
#include "server/models/scripted/rules.hpp"

namespace mofa::models {
namespace {

using from = core::model_message::from;
using core::variables;

constexpr std::size_t answer_max_bytes = 1024 * 1024;

std::string dumped(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string plain(const json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : dumped(value);
}

/// How a conversation ends: the user's last text, and what the tools have answered since the last turn of the model.
struct ending {
  std::string text;
  std::vector<const core::model_message*> outcomes;
  std::size_t earlier_calls = 0;
};

ending ending_of(const core::model_request& what) {
  ending out;
  for (const auto& each : what.messages) {
    if (each.role != from::tool) out.outcomes.clear();
    if (each.role == from::user) out.text = each.text;
    if (each.role == from::tool) out.outcomes.push_back(&each);
    out.earlier_calls += each.calls.size();
  }
  return out;
}

bool is_own(std::string_view name) { return name == "text" || name == "result" || name == "results" || name == "error"; }

/// Members of the outcome as variables, and the one text that stands for all of it.
std::string take_outcome(const core::model_message& outcome, variables& into) {
  if (outcome.failed) return outcome.text;
  const auto value = document::parse_json(outcome.text);
  if (!value) return outcome.text;
  if (!value->is_object()) return plain(*value);
  for (const auto& member : value->items()) {
    if (!is_own(member.key())) into.set(member.key(), plain(member.value()));
  }
  for (const auto* name : {"text", "result"}) {
    if (const auto found = value->find(name); found != value->end()) return plain(*found);
  }
  return outcome.text;
}

variables variables_of(const ending& at) {
  variables out;
  std::string all;
  for (const auto* outcome : at.outcomes) {
    auto one = take_outcome(*outcome, out);
    if (!all.empty()) all += ", ";
    all += one;
    const bool last = outcome == at.outcomes.back();
    if (last) out.set(outcome->failed ? "error" : "result", one);
    if (!is_own(outcome->tool)) out.set(outcome->tool + (outcome->failed ? "_error" : ""), std::move(one));
  }
  out.set("results", std::move(all));
  out.set("text", at.text);
  return out;
}

/// Whether the rule holds; its groups are added to the variables.
bool holds(const model_rule& rule, int attempt, const ending& at, variables& values) {
  if (rule.attempt && *rule.attempt != attempt) return false;
  const std::string_view tool = at.outcomes.empty() ? std::string_view{} : at.outcomes.back()->tool;
  if (rule.tool != tool || (rule.tool.empty() && !at.outcomes.empty())) return false;
  if (!rule.text) return true;
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(rule.text->NumberOfCapturingGroups()) + 1);
  if (!rule.text->Match(at.text, 0, at.text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
    return false;
  for (const auto& [index, name] : rule.groups) values.set(name, groups[index].as_string());
  return true;
}

/// Each word with the white space that follows it.
void say_words(const std::string& text, int attempt, attempt_watcher& to) {
  constexpr std::string_view space = " \t\r\n";
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto gap = text.find_first_of(space, begin);
    const auto next = gap == std::string::npos ? text.size() : std::min(text.find_first_not_of(space, gap), text.size());
    to.on_text(attempt, text.substr(begin, next - begin));
    begin = next;
  }
}

/// The answer of an attempt, or its failure.
using verdict = std::variant<core::model_answer, attempt_failure>;

verdict no_answer(std::string why) {
  return attempt_failure{fail(errc::upstream_failed, std::move(why)), false, health::good};
}

verdict refusal(const played_error& what) {
  auto why = fail(errc::upstream_failed, "HTTP " + std::to_string(what.status));
  if (!what.message.empty()) why.detail += ": " + what.message;
  why.retry_after = what.retry_after;
  return attempt_failure{std::move(why), is_worth_another(what.status), health_by(what.status)};
}

void tell(attempt_watcher& to, int attempt, verdict what) {
  if (auto* failure = std::get_if<attempt_failure>(&what)) return to.on_failure(attempt, std::move(*failure));
  auto& answer = std::get<core::model_answer>(what);
  say_words(answer.text, attempt, to);
  to.on_answer(attempt, std::move(answer));
}

class scripted_provider final : public provider {
 public:
  scripted_provider(rule_book book, timer_ptr waits) : book_(std::move(book)), waits_(std::move(waits)) {}

  core::running_call_ptr attempt(const core::model_request& what, int number,
                                 std::shared_ptr<attempt_watcher> to) const override {
    const auto at = ending_of(what);
    auto values = variables_of(at);
    const auto* then = reaction_to(number, at, values);
    auto end =
        then == nullptr ? no_answer("no rule matches and there is no 'otherwise'") : answer_of(*then, what, at, values);
    const auto delay = then == nullptr ? milliseconds{0} : then->delay;
    if (delay.count() > 0)
      return waits_->after(delay, [to, number, end = std::move(end)]() mutable { tell(*to, number, std::move(end)); });
    tell(*to, number, std::move(end));
    return nullptr;
  }

 private:
  const reaction* reaction_to(int attempt, const ending& at, variables& values) const {
    for (const auto& rule : book_.rules) {
      if (holds(rule, attempt, at, values)) return &rule.then;
    }
    return book_.otherwise ? &*book_.otherwise : nullptr;
  }

  static verdict answer_of(const reaction& then, const core::model_request& what, const ending& at,
                           const variables& values) {
    if (then.error) return refusal(*then.error);
    auto bytes = then.say.bound_bytes(values);
    for (const auto& one : then.calls) bytes += one.arguments.bound_bytes(values);
    if (bytes > answer_max_bytes) return no_answer("the answer would be larger than 1 MiB");

    core::model_answer out;
    out.text = then.say.render(values);
    for (const auto& one : then.calls) {
      auto id = "call_" + std::to_string(at.earlier_calls + out.calls.size() + 1);
      out.calls.push_back({std::move(id), one.tool, one.arguments.render(values), {}});
    }
    out.finish = out.calls.empty() ? "stop" : "tool_calls";
    out.input_tokens = then.input_tokens.value_or(core::estimated_input_tokens(what));
    out.output_tokens = then.output_tokens.value_or(core::estimated_output_tokens(out));
    return out;
  }

  rule_book book_;
  timer_ptr waits_;
};

}  // namespace

result<provider_ptr> compile_scripted(const core::json& document, timer_ptr waits) {
  auto book = read_rules(document);
  if (!book) return std::move(book).error();
  return provider_ptr{std::make_shared<scripted_provider>(*std::move(book), std::move(waits))};
}

}  // namespace mofa::models
