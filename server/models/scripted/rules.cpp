#include "server/models/scripted/rules.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "protocols/core/fields.hpp"
#include "server/base/nearest.hpp"

namespace mofa::models {
namespace {

using core::child_path;
using core::field_errors;
using core::object_fields;
using name_list = std::vector<std::string_view>;

constexpr std::int64_t delay_max_ms = 600'000;
constexpr std::array<std::string_view, 2> book_members{"rules", "otherwise"};
constexpr std::array<std::string_view, 6> rule_members{"when", "call", "say", "delay_ms", "usage", "error"};
constexpr std::array<std::string_view, 5> otherwise_members{"call", "say", "delay_ms", "usage", "error"};
constexpr std::array<std::string_view, 3> when_members{"text", "tool", "attempt"};
constexpr std::array<std::string_view, 2> call_members{"tool", "arguments"};
constexpr std::array<std::string_view, 2> usage_members{"input", "output"};
constexpr std::array<std::string_view, 3> error_members{"status", "message", "retry_after_s"};
constexpr std::int64_t retry_after_max_s = 3'600;
constexpr int attempt_max = 100;
constexpr std::array<std::string_view, 4> own_variables{"text", "result", "results", "error"};

/// Reads the templates of one rule. A tool's outcome brings variables that only the tool knows: no name is unknown then.
class text_reader {
 public:
  text_reader(name_list known, bool any, field_errors& errors) : known_(std::move(known)), any_(any), errors_(errors) {}

  core::text_template read(const std::string& source, const std::string& path) const {
    auto made = core::text_template::parse(source);
    if (!made) {
      errors_.push_back({path, made.error().detail});
      return {};
    }
    for (const auto name : made->names()) {
      if (any_ || std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      auto message = "unknown variable '" + std::string{name.substr(0, 64)} + "'; known:";
      for (std::size_t i = 0; i < known_.size(); ++i) message.append(i == 0 ? " " : ", ").append(known_[i]);
      errors_.push_back({path, std::move(message)});
    }
    return *std::move(made);
  }

 private:
  name_list known_;
  bool any_;
  field_errors& errors_;
};

/// A pattern that one of the rules before has, too, is compiled once: with classes of Unicode it takes half a megabyte.
std::shared_ptr<const re2::RE2> read_expression(object_fields& when, const std::vector<model_rule>& before) {
  const auto pattern = when.text("text");
  if (!pattern) return nullptr;
  for (const auto& rule : before) {
    if (rule.text && rule.text->pattern() == *pattern) return rule.text;
  }
  if (pattern->find("\\C") != std::string::npos) {
    when.add("text", "not a valid regular expression: \\C is not supported");  // it would cut a character in two
    return nullptr;
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto made = std::make_shared<const re2::RE2>(*pattern, options);
  if (made->ok()) return made;
  when.add("text", "not a valid regular expression (RE2): " + made->error());
  return nullptr;
}

void read_when(const json& value, const std::string& path, const std::vector<model_rule>& before, model_rule& into,
               field_errors& errors) {
  object_fields when{value, path, when_members, errors};
  if (value.is_object() && value.empty())
    errors.push_back({path, "needs text, tool or attempt; what always holds is 'otherwise'"});
  into.text = read_expression(when, before);
  if (into.text) {
    for (const auto& [name, index] : into.text->NamedCapturingGroups()) {
      if (std::find(own_variables.begin(), own_variables.end(), name) != own_variables.end()) {
        when.add("text", "the group cannot be named '" + name + "': that is a variable of every rule");
      }
      into.groups.emplace_back(static_cast<std::size_t>(index), name);
    }
  }
  if (const auto number = when.integer("attempt", 1, attempt_max)) into.attempt = static_cast<int>(*number);
  if (when.find("tool") == nullptr) return;
  into.tool = when.text("tool").value_or("?");
  if (into.tool.empty()) when.add("tool", "is empty");
}

std::vector<planned_call> read_calls(const json& list, const std::string& path, const text_reader& texts,
                                     field_errors& errors) {
  std::vector<planned_call> out;
  if (!list.is_array() || list.empty()) {
    errors.push_back({path, "must be a list of at least one {tool, arguments}"});
    return out;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto place = child_path(path, i);
    object_fields fields{list[i], place, call_members, errors};
    planned_call one;
    if (fields.require("tool") != nullptr) {
      one.tool = fields.text("tool").value_or("?");
      if (one.tool.empty()) fields.add("tool", "is empty");
    }
    const auto* arguments = fields.find("arguments");
    if (arguments != nullptr && !arguments->is_object()) fields.add("arguments", "must be an object");
    one.arguments = core::json_template::of(
        arguments == nullptr ? json::object() : *arguments, fields.path_of("arguments"),
        [&](const std::string& source, const std::string& where) { return texts.read(source, where); });
    out.push_back(std::move(one));
  }
  return out;
}

void read_usage(const json& value, const std::string& path, reaction& into, field_errors& errors) {
  constexpr auto most = std::numeric_limits<std::int32_t>::max();
  object_fields fields{value, path, usage_members, errors};
  into.input_tokens = fields.integer("input", 0, most);
  into.output_tokens = fields.integer("output", 0, most);
}

played_error read_error(const json& value, const std::string& path, field_errors& errors) {
  object_fields fields{value, path, error_members, errors};
  played_error out;
  if (fields.require("status") != nullptr) out.status = static_cast<int>(fields.integer("status", 400, 599).value_or(500));
  out.message = fields.text("message").value_or("");
  if (const auto wait = fields.integer("retry_after_s", 0, retry_after_max_s)) out.retry_after = std::chrono::seconds{*wait};
  return out;
}

reaction read_reaction(object_fields& fields, const text_reader& texts, field_errors& errors) {
  reaction out;
  if (const auto source = fields.text("say")) out.say = texts.read(*source, fields.path_of("say"));
  if (const auto* calls = fields.find("call")) out.calls = read_calls(*calls, fields.path_of("call"), texts, errors);
  if (const auto delay = fields.integer("delay_ms", 0, delay_max_ms)) out.delay = milliseconds{*delay};
  if (const auto* usage = fields.find("usage")) read_usage(*usage, fields.path_of("usage"), out, errors);
  const bool answers = fields.find("say") != nullptr || fields.find("call") != nullptr;
  const auto* refusal = fields.find("error");
  if (refusal != nullptr) {
    out.error = read_error(*refusal, fields.path_of("error"), errors);
    if (answers) fields.add("error", "a rule that plays an error says and calls nothing");
  }
  return out;
}

/// Whether it does anything at all.
bool does_something(const object_fields& fields) {
  return fields.find("say") != nullptr || fields.find("call") != nullptr || fields.find("error") != nullptr;
}

/// `before`: the rules that come before it.
model_rule read_rule(const json& value, const std::string& path, const std::vector<model_rule>& before,
                     field_errors& errors) {
  object_fields fields{value, path, rule_members, errors};
  model_rule out;
  const auto* when = fields.require("when");
  if (when != nullptr) read_when(*when, fields.path_of("when"), before, out, errors);
  name_list known{"text"};
  for (const auto& [index, name] : out.groups) known.emplace_back(name);
  // A pattern that is at fault would make every one of its groups unknown, too.
  const bool broken = when == nullptr || (when->is_object() && when->contains("text") && !out.text);
  out.then = read_reaction(fields, text_reader{std::move(known), broken || !out.tool.empty(), errors}, errors);
  if (value.is_object() && !does_something(fields)) errors.push_back({path, "needs say, call or error"});
  return out;
}

}  // namespace

result<rule_book> read_rules(const json& document) {
  field_errors errors;
  const std::string root;
  object_fields fields{document, root, book_members, errors};
  rule_book out;
  const auto* rules = fields.find("rules");
  const auto* otherwise = fields.find("otherwise");
  if (document.is_object() && rules == nullptr && otherwise == nullptr) {
    errors.push_back({root, "a scripted model needs 'rules' or 'otherwise'"});
  }
  if (rules != nullptr && !rules->is_array()) fields.add("rules", "must be a list of rules");
  if (rules != nullptr && rules->is_array()) {
    for (std::size_t i = 0; i < rules->size() && errors.size() < core::max_field_errors; ++i) {
      out.rules.push_back(read_rule((*rules)[i], child_path("/rules", i), out.rules, errors));
    }
  }
  if (otherwise != nullptr) {
    const std::string path = "/otherwise";
    object_fields last{*otherwise, path, otherwise_members, errors};
    // It may follow a tool's outcome, whose variables nobody knows here.
    out.otherwise = read_reaction(last, text_reader{{}, true, errors}, errors);
    if (otherwise->is_object() && !does_something(last)) errors.push_back({path, "needs say, call or error"});
  }
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return out;
}

}  // namespace mofa::models
