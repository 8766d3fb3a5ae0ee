#include "protocols/jsonrpc/envelope.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "protocols/core/fields.hpp"
#include "protocols/core/json_text.hpp"
#include "protocols/document/document.hpp"

namespace mofa::jsonrpc {
namespace {

using core::json;

json* member(json& of, const char* name) {
  const auto found = of.find(name);
  return found == of.end() ? nullptr : &*found;
}

/// The id as it goes back; nothing when it is none.
std::optional<std::string> id_text(const json& id) {
  std::string out;
  if (id.is_string()) {
    const auto& text = id.get_ref<const std::string&>();
    if (text.size() <= id_bytes) core::append_string(out, text);
  } else if (id.is_null() || id.is_number_integer()) {
    core::append_json(out, id);
  }
  if (out.empty() || out.size() > id_bytes) return std::nullopt;
  return out;
}

void begin(std::string& out, std::string_view id, std::string_view member_name) {
  out += R"({"jsonrpc":"2.0","id":)";
  out += id;
  out += member_name;
}

}  // namespace

std::variant<call, failure> read_call(std::string body) {
  auto parsed = document::consume_json(std::move(body));
  if (!parsed) return failure{failure_kind::parse_error, "the body is not JSON: " + parsed.error().detail};
  auto& request = *parsed;
  if (request.is_array()) return failure{failure_kind::invalid_request, "batches are not supported; send one request"};
  if (!request.is_object()) {
    return failure{failure_kind::invalid_request, "a request is an object, not " + std::string{core::type_name(request)}};
  }

  call out;
  const auto* id = member(request, "id");
  if (id != nullptr) {
    auto text = id_text(*id);
    if (!text) {
      return failure{failure_kind::invalid_request,
                     "id must be a string, an integer or null, of at most " + std::to_string(id_bytes) + " bytes"};
    }
    out.id = *std::move(text);
  }
  const auto refuse = [&](failure_kind kind, std::string why) { return failure{kind, std::move(why), std::move(out.id)}; };

  const auto* version = member(request, "jsonrpc");
  if (version == nullptr || *version != "2.0") return refuse(failure_kind::invalid_request, "jsonrpc must be \"2.0\"");
  auto* method = member(request, "method");
  if (method == nullptr || !method->is_string() || method->get_ref<const std::string&>().empty()) {
    return refuse(failure_kind::invalid_request, "method must be the name of a method");
  }
  out.method = std::move(method->get_ref<std::string&>());

  auto* params = member(request, "params");
  if (params == nullptr || params->is_null()) {
    out.params = json::object();
  } else if (params->is_object()) {
    out.params = std::move(*params);
  } else {
    return refuse(failure_kind::invalid_params, "params must be an object, not " + std::string{core::type_name(*params)});
  }
  return out;
}

void begin_result(std::string& out, std::string_view id) { begin(out, id, R"(,"result":)"); }
void end(std::string& out) { out += '}'; }

void append_error(std::string& out, std::string_view id, std::string_view error) {
  begin(out, id, R"(,"error":)");
  out += error;
  end(out);
}

}  // namespace mofa::jsonrpc
