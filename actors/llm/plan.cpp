#include "actors/llm/plan.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/fields.hpp"
#include "server/base/nearest.hpp"

namespace mofa::llm {
namespace {

using core::field_errors;
using core::object_fields;

constexpr std::size_t instructions_bytes = 64 * 1024;
constexpr std::size_t name_bytes = 256;
constexpr std::size_t tools_max = 128;
constexpr std::size_t agent_told_bytes = 1024;  // its description may be long, but it is the same for each call
constexpr std::string_view agent_prefix = "agent:";

class plan_reader {
 public:
  plan_reader(const core::definition& source, const surroundings& around) : source_(source), around_(around) {}

  result<plan> read() {
    read_model();
    read_instructions();
    read_tools();
    read_output();
    read_history();
    made_.max_steps = source_.limits.max_steps;
    if (!errors_.empty()) return core::invalid_fields(std::move(errors_));
    return std::move(made_);
  }

 private:
  const json* member(const char* name) const {
    const auto found = source_.document.find(name);
    return found == source_.document.end() || found->is_null() ? nullptr : &*found;
  }
  void fault(std::string path, std::string message) { errors_.push_back({std::move(path), std::move(message)}); }

  void read_model() {
    if (const auto* value = member("model")) {
      static constexpr std::array<std::string_view, 5> known{"provider", "name", "temperature", "max_output_tokens",
                                                             "fallback"};
      const std::string path = "/model";
      object_fields fields{*value, path, known, errors_};
      const auto provider = fields.text("provider", name_bytes).value_or("");
      const auto name = fields.text("name", name_bytes).value_or("");
      if (name.empty() && !provider.empty()) fields.add("name", "must name a model of '" + provider + "'");
      made_.model = provider.empty() ? name : provider + "/" + name;
      read_temperature(fields);
      if (const auto n = fields.integer("max_output_tokens", 1, 1'000'000)) made_.max_output_tokens = *n;
      if (const auto* list = fields.find("fallback")) read_fallback(*list);
    }
    read_price();
  }

  void read_temperature(object_fields& fields) {
    const auto* value = fields.find("temperature");
    if (value == nullptr || value->is_null()) return;
    if (!value->is_number() || value->get<double>() < 0 || value->get<double>() > 2)
      return fields.add("temperature", "must be a number from 0 to 2");
    made_.temperature = value->get<double>();
  }

  void read_fallback(const json& list) {
    if (!list.is_array()) return fault("/model/fallback", "must be a list of models");
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i].is_string())
        made_.fallback.push_back(list[i].get<std::string>());
      else
        fault("/model/fallback/" + std::to_string(i), "must be a model's name");
    }
  }

  // What has no price cannot be held to a cost limit.
  void read_price() {
    auto names = made_.fallback;
    names.insert(names.begin(), made_.model);
    made_.priced = true;
    for (const auto& name : names) {
      const auto full = around_.models->full_name(name);
      // A provider that is off today may be on tomorrow: calls say so.
      if (!full) continue;
      const auto found = around_.models->price_of(*full);
      if (!found) {
        made_.priced = false;
        if (source_.limits.max_cost_microusd)
          fault("/limits/max_cost_microusd",
                "model '" + *full + "' has no price; add it to models.prices, or remove the limit");
        return;
      }
      auto& price = made_.price;
      price.input_microusd_per_mtok = std::max(price.input_microusd_per_mtok, found->input_microusd_per_mtok);
      price.output_microusd_per_mtok = std::max(price.output_microusd_per_mtok, found->output_microusd_per_mtok);
    }
  }

  void read_instructions() {
    const auto* value = member("instructions");
    if (value == nullptr) return;
    if (!value->is_string() || value->get_ref<const std::string&>().size() > instructions_bytes)
      return fault("/instructions", "must be a text of at most " + std::to_string(instructions_bytes) + " bytes");
    auto parsed = core::text_template::parse(value->get<std::string>());
    if (!parsed) return fault("/instructions", parsed.error().detail);
    made_.instructions = std::move(*parsed);
  }

  void read_tools() {
    if (const auto* value = member("reasoning")) {
      const auto word = value->is_string() ? value->get<std::string>() : std::string{};
      if (word != "react" && word != "direct") fault("/reasoning", "must be 'react' or 'direct'");
      made_.direct = word == "direct";
    }
    const auto* list = member("tools");
    if (list == nullptr) return;
    if (!list->is_array() || list->size() > tools_max)
      return fault("/tools", "must be a list of at most " + std::to_string(tools_max) + " tools");
    if (made_.direct && !list->empty()) fault("/tools", "an agent with 'reasoning: direct' calls no tools");
    for (std::size_t i = 0; i < list->size(); ++i) read_tool((*list)[i], "/tools/" + std::to_string(i));
  }

  void read_tool(const json& value, const std::string& path) {
    if (!value.is_string()) return fault(path, "must be the name of a tool");
    tool_choice made{value.get<std::string>()};
    const auto taken = [&](const tool_choice& other) { return other.name == made.name; };
    if (std::any_of(made_.tools.begin(), made_.tools.end(), taken))
      return fault(path, "'" + made.name + "' is there already");
    if (made.name.starts_with(agent_prefix)) {
      made.agent = made.rerun = true;
      made_.told_bytes += agent_told_bytes;
      if (made.name.size() == agent_prefix.size())
        return fault(path, "must name an agent: 'agent:NAME' or 'agent:?skill=ID'");
      made_.tools.push_back(std::move(made));
      return;
    }
    const auto known = around_.tools.find(made.name);
    if (known == around_.tools.end()) return fault(path, unknown_tool(made.name));
    made.rerun = known->second.rerun;
    made_.told_bytes += known->second.told_bytes;
    made_.tools.push_back(std::move(made));
  }

  std::string unknown_tool(const std::string& name) const {
    std::vector<std::string_view> known;
    for (const auto& [each, facts] : around_.tools) known.push_back(each);
    std::string out = "unknown tool '" + name + "'";
    if (const auto near = nearest_name(name, known)) return out + "; did you mean '" + std::string{*near} + "'?";
    for (std::size_t i = 0; i < known.size(); ++i) out += (i == 0 ? "; known: " : ", ") + std::string{known[i]};
    return out;
  }

  void read_output() {
    const auto* value = member("output_schema");
    if (value == nullptr) return;
    auto compiled = around_.schemas(*value);
    if (!compiled) {
      for (auto& each : compiled.error().fields) fault("/output_schema" + each.path, each.message);
      if (compiled.error().fields.empty()) fault("/output_schema", compiled.error().detail);
      return;
    }
    made_.output = std::move(*compiled);
    made_.output_schema = *value;
    made_.told_bytes += value->dump().size();
  }

  void read_history() {
    std::int64_t tokens = 16'000;
    if (const auto* value = member("history")) {
      static constexpr std::array<std::string_view, 2> known{"max_messages", "max_tokens"};
      const std::string path = "/history";
      object_fields fields{*value, path, known, errors_};
      if (const auto n = fields.integer("max_messages", 1, 1'000)) made_.history_messages = static_cast<std::size_t>(*n);
      if (const auto n = fields.integer("max_tokens", 1, 1'000'000)) tokens = *n;
    }
    made_.history_bytes = static_cast<std::size_t>(tokens * bytes_per_token);
  }

  const core::definition& source_;
  const surroundings& around_;
  plan made_;
  field_errors errors_;
};

}  // namespace

result<plan> read_plan(const core::definition& source, const surroundings& around) {
  return plan_reader{source, around}.read();
}

}  // namespace mofa::llm
