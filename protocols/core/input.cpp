#include "protocols/core/input.hpp"

#include <algorithm>

#include "protocols/core/fields.hpp"

namespace mofa::core {
namespace {

/// Of an agent that takes any message.
const json& text_parameters() {
  static const json schema{
      {"type", "object"},
      {"properties", {{"message", {{"type", "string"}, {"description", "What the agent is asked, in full sentences"}}}}},
      {"required", {"message"}},
      {"additionalProperties", false}};
  return schema;
}

error refused(const definition& agent, field_errors fields) {
  auto why = "the input does not fit the input_schema of agent '" + agent.name + "'";
  const auto& first = fields.front();
  why += ": " + (first.path.empty() ? "" : first.path + ": ") + first.message;
  return error{errc::invalid, std::move(why), std::move(fields)};
}

class refusing final : public schema {
 public:
  explicit refusing(error why) : why_(std::move(why)) {}
  std::vector<field_error> check(const json&) const override { return {{"", why_.detail}}; }
  const error& why() const { return why_; }

 private:
  error why_;
};

/// Success, or what is wrong with the data, which is at `path`.
result<void> check_data(const definition& agent, const json& data, const std::string& path) {
  if (const auto* why = refusal_of(agent)) return *why;
  auto faults = agent.input_schema->check(data);
  if (faults.empty()) return {};
  if (faults.size() > max_field_errors) faults.resize(max_field_errors);
  for (auto& each : faults) each.path.insert(0, path);
  return refused(agent, std::move(faults));
}

}  // namespace

schema_ptr refusing_schema(error why) { return std::make_shared<const refusing>(std::move(why)); }

const error* refusal_of(const definition& agent) {
  const auto* refuses = dynamic_cast<const refusing*>(agent.input_schema.get());
  return refuses == nullptr ? nullptr : &refuses->why();
}

result<void> check_input(const definition& agent, const message& what) {
  if (!agent.input_schema) return {};
  if (const auto* why = refusal_of(agent)) return *why;
  const std::string parts = "/message/parts";
  const part* data = nullptr;
  for (std::size_t i = 0; i < what.parts.size(); ++i) {
    if (what.parts[i].kind != part::type::data) continue;
    if (data != nullptr) return refused(agent, {{child_path(parts, i), "is a second part 'data'; the agent takes one"}});
    data = &what.parts[i];
  }
  if (data == nullptr) return refused(agent, {{"/message", "must have a part {\"data\": …}: a text is not read as JSON"}});
  const auto place = static_cast<std::size_t>(data - what.parts.data());
  return check_data(agent, data->data, child_path(child_path(parts, place), "data"));
}

result<message> input_from(const definition& agent, const json& arguments, std::string message_id) {
  if (!agent.input_schema) {
    const auto text = arguments.find("message");
    if (text == arguments.end() || !text->is_string())
      return error{errc::invalid,
                   "agent '" + agent.name + "' is called with {\"message\": TEXT}",
                   {{"/message", "must be a string"}}};
    return text_message(role::user, std::move(message_id), text->get<std::string>());
  }
  if (auto fits = check_data(agent, arguments, ""); !fits) return std::move(fits).error();
  message out;
  out.message_id = std::move(message_id);
  out.parts.emplace_back();
  out.parts.back().kind = part::type::data;
  out.parts.back().data = arguments;
  return out;
}

void put_arguments(json& child_request, json arguments) {
  const auto text = arguments.find("message");
  if (arguments.size() == 1 && text != arguments.end() && text->is_string())
    child_request["message"] = std::move(*text);
  else
    child_request["arguments"] = std::move(arguments);
}

json arguments_of(const json& child_request) {
  const auto arguments = child_request.find("arguments");
  if (arguments != child_request.end()) return *arguments;
  return {{"message", child_request.value("message", std::string{})}};
}

json input_parameters(const definition& agent) {
  if (!agent.input_schema) return text_parameters();
  auto schema = agent.document.at("input_schema");
  const auto type = schema.find("type");
  const auto names_object = [](const json& one) { return one == "object"; };
  const bool fits = type == schema.end() || *type == "object" ||
                    (type->is_array() && std::any_of(type->begin(), type->end(), names_object));
  if (!fits) return nullptr;
  schema["type"] = "object";  // providers want it said
  return schema;
}

}  // namespace mofa::core
