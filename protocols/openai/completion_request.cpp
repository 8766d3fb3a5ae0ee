#include "protocols/openai/completion_request.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "protocols/core/fields.hpp"
#include "server/base/limits.hpp"
#include "server/base/nearest.hpp"

namespace mofa::openai {
namespace {

using core::json;
using names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 19> body_members{
    "model", "messages", "stream",     "stream_options",        "response_format", "n",    "logprobs",
    "user",  "seed",     "max_tokens", "max_completion_tokens", "temperature",     "stop", "presence_penalty",
    "top_p", "metadata", "store",      "frequency_penalty",     "modalities"};
constexpr std::array<std::string_view, 15> unsupported_members{
    "tools",     "tool_choice",      "functions",    "function_call",    "parallel_tool_calls",
    "audio",     "top_logprobs",     "logit_bias",   "prediction",       "web_search_options",
    "verbosity", "reasoning_effort", "service_tier", "prompt_cache_key", "safety_identifier"};
constexpr std::array<std::string_view, 9> message_members{
    "role", "content", "name", "refusal", "audio", "annotations", "tool_calls", "function_call", "tool_call_id"};
constexpr std::array<std::string_view, 2> part_members{"type", "text"};
constexpr std::array<std::string_view, 2> stream_members{"include_usage", "include_obfuscation"};
constexpr std::array<std::string_view, 2> format_members{"type", "json_schema"};
constexpr std::array<std::string_view, 6> roles{"system", "developer", "user", "assistant", "tool", "function"};

enum class speaker { instructions, user, assistant };

bool knows(names all, std::string_view name) { return std::find(all.begin(), all.end(), name) != all.end(); }

std::string at_index(std::string_view list, std::size_t index) {
  return std::string{list} + '[' + std::to_string(index) + ']';
}

class reader {
 public:
  explicit reader(const json& body) : body_(body) {}

  std::variant<completion_request, fault> read() {
    if (!body_.is_object()) {
      invalid("", "the body must be an object, not " + std::string{core::type_name(body_)});
    } else if (check_members(body_, "", body_members, unsupported_members)) {
      read_model();
      read_choices();
      read_stream();
      read_messages();
    }
    if (fault_) return *std::move(fault_);
    return std::move(out_);
  }

 private:
  // The first fault counts.
  void complain(std::string_view code, std::string param, std::string message) {
    if (!fault_) fault_ = fault{400, std::string{code}, std::move(message), std::move(param)};
  }
  void invalid(std::string param, std::string message) { complain("invalid_value", std::move(param), std::move(message)); }
  void unsupported(std::string param, std::string message) {
    complain("unsupported_parameter", std::move(param), std::move(message));
  }

  /// The member; null when it is not there, or null.
  static const json* member(const json& object, std::string_view name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }
  static std::string place(const std::string& path, std::string_view name) {
    return path.empty() ? std::string{name} : path + '.' + std::string{name};
  }

  bool check_members(const json& object, const std::string& path, names known, names refused = {}) {
    for (const auto& [name, value] : object.items()) {
      if (knows(known, name) || value.is_null()) continue;
      if (knows(refused, name)) {
        unsupported(place(path, name), "'" + name + "' is not supported: an agent decides that itself");
      } else {
        complain("unknown_parameter", place(path, name), unknown_member(name, known));
      }
    }
    return !fault_;
  }

  void read_model() {
    const auto* model = member(body_, "model");
    if (model == nullptr) return complain("missing_required_parameter", "model", "'model' must name an agent");
    if (!model->is_string()) return invalid("model", "must be a string: the name of an agent");
    out_.what.agent = model->get<std::string>();
    if (out_.what.agent.empty() || out_.what.agent.size() > limits::client_id_bytes)
      invalid("model", "must be the name of an agent");
  }

  void read_choices() {
    if (const auto* n = member(body_, "n"); n != nullptr && *n != 1)
      unsupported("n", "an agent gives one answer: n must be 1");
    if (const auto* wanted = member(body_, "logprobs"); wanted != nullptr && *wanted != false)
      unsupported("logprobs", "an agent's answer has no log probabilities");
    if (const auto* kinds = member(body_, "modalities"); kinds != nullptr && *kinds != json{"text"})
      unsupported("modalities", "an agent answers with text");
    const auto* format = member(body_, "response_format");
    if (format == nullptr) return;
    if (!format->is_object()) return invalid("response_format", "must be an object");
    if (!check_members(*format, "response_format", format_members)) return;
    const auto* type = member(*format, "type");
    if (type == nullptr || *type != "text")
      unsupported("response_format", "an agent's output_schema decides the form of its answer; the type must be 'text'");
  }

  void read_stream() {
    out_.stream = flag(body_, "stream", "stream");
    const auto* options = member(body_, "stream_options");
    if (options == nullptr) return;
    if (!options->is_object()) return invalid("stream_options", "must be an object");
    if (check_members(*options, "stream_options", stream_members))
      out_.include_usage = flag(*options, "include_usage", "stream_options.include_usage");
  }

  bool flag(const json& object, std::string_view name, std::string path) {
    const auto* value = member(object, name);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    invalid(std::move(path), "must be true or false");
    return false;
  }

  void read_messages() {
    const auto* list = member(body_, "messages");
    if (list == nullptr) return complain("missing_required_parameter", "messages", "'messages' is missing");
    if (!list->is_array() || list->empty()) return invalid("messages", "must be an array of at least one message");
    auto last = speaker::instructions;
    for (std::size_t i = 0; i < list->size() && !fault_; ++i) {
      if (const auto who = read_message((*list)[i], at_index("messages", i)); who && *who != speaker::instructions)
        last = *who;
    }
    if (fault_) return;
    if (last != speaker::user) return invalid("messages", "the last message must be one of the role 'user'");
    out_.what.message = std::move(out_.what.history.back());
    out_.what.history.pop_back();
  }

  std::optional<speaker> read_message(const json& from, const std::string& path) {
    if (!from.is_object()) {
      invalid(path, "must be an object");
      return std::nullopt;
    }
    if (!check_members(from, path, message_members)) return std::nullopt;
    const auto who = read_role(from, path);
    if (!who) return std::nullopt;
    auto parts = read_content(from, path);
    if (fault_) return std::nullopt;
    if (*who == speaker::instructions) {
      instruct(parts);
      return who;
    }
    core::message made;
    made.role = *who == speaker::user ? core::role::user : core::role::agent;
    made.parts = std::move(parts);
    if (const auto* name = member(from, "name"); name != nullptr && name->is_string()) made.metadata = {{"name", *name}};
    out_.what.history.push_back(std::move(made));
    return who;
  }

  std::optional<speaker> read_role(const json& from, const std::string& path) {
    for (const auto* name : {"tool_calls", "function_call", "tool_call_id", "audio"}) {
      const auto* value = member(from, name);
      if (value != nullptr && !(value->is_array() && value->empty()))
        unsupported(place(path, name),
                    "an agent calls its own tools and answers with text: '" + std::string{name} + "' is not supported");
    }
    const auto* role = member(from, "role");
    const auto word = role != nullptr && role->is_string() ? role->get<std::string>() : std::string{};
    if (role == nullptr) {
      complain("missing_required_parameter", place(path, "role"), "a message needs a role");
    } else if (!knows(roles, word)) {
      invalid(place(path, "role"), "must be system, developer, user or assistant");
    } else if (word == "tool" || word == "function") {
      unsupported(place(path, "role"),
                  "an agent calls its own tools: messages of the role '" + word + "' are not supported");
    }
    if (fault_) return std::nullopt;
    if (word == "user") return speaker::user;
    return word == "assistant" ? speaker::assistant : speaker::instructions;
  }

  std::vector<core::part> read_content(const json& from, const std::string& path) {
    const auto where = place(path, "content");
    std::vector<core::part> out;
    const auto* content = member(from, "content");
    if (content == nullptr) {
      complain("missing_required_parameter", where, "a message needs a content");
    } else if (content->is_string()) {
      out.emplace_back().text = content->get<std::string>();
    } else if (!content->is_array() || content->empty()) {
      invalid(where, "must be a text, or an array of at least one text part");
    } else {
      for (std::size_t i = 0; i < content->size() && !fault_; ++i)
        out.emplace_back().text = read_part((*content)[i], at_index(where, i));
    }
    return out;
  }

  std::string read_part(const json& from, const std::string& path) {
    const auto* type = from.is_object() ? member(from, "type") : nullptr;
    if (type == nullptr || !type->is_string()) {
      invalid(path, "must be an object with a type");
    } else if (*type != "text") {
      unsupported(place(path, "type"),
                  "an agent is asked by text: parts of the type '" + type->get<std::string>() + "' are not supported");
    } else if (check_members(from, path, part_members)) {
      const auto* text = member(from, "text");
      if (text != nullptr && text->is_string()) return text->get<std::string>();
      invalid(place(path, "text"), "must be a string");
    }
    return {};
  }

  void instruct(const std::vector<core::part>& parts) {
    auto& text = out_.what.instructions;
    if (!text.empty()) text += "\n\n";
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? "\n" : "") + parts[i].text;
  }

  const json& body_;
  completion_request out_;
  std::optional<fault> fault_;
};

}  // namespace

std::variant<completion_request, fault> read_completion_request(const json& body) { return reader{body}.read(); }

}  // namespace mofa::openai
