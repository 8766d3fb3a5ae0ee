#include <nlohmann/json.hpp>
#include <utility>

#include "protocols/a2a/codec_v0_3_form.hpp"
#include "protocols/core/json_text.hpp"
#include "server/base/limits.hpp"

namespace mofa::a2a {
namespace {

/// The word of the SDKs for a value that was put into an object.
constexpr std::string_view wrapped_flag = "data_part_compat";

bool must_be_wrapped(const core::part& what) { return what.kind == core::part::type::data && !what.data.is_object(); }

}  // namespace

void append_data(std::string& out, const core::part& what) {
  if (!must_be_wrapped(what)) return core::append_json(out, what.data);
  core::append_json(out += R"({"value":)", what.data);
  out += '}';
}

void append_part_metadata(std::string& out, const core::part& what) {
  if (!must_be_wrapped(what)) {
    if (!what.metadata.is_null()) core::append_json(out += R"(,"metadata":)", what.metadata);
    return;
  }
  auto marked = what.metadata;
  marked[std::string{wrapped_flag}] = true;
  core::append_json(out += R"(,"metadata":)", marked);
}

void unwrap_data(core::part& what) {
  if (!what.metadata.is_object() || !what.data.is_object()) return;
  const auto flag = what.metadata.find(wrapped_flag);
  const auto value = what.data.find("value");
  if (flag == what.metadata.end() || *flag != json(true) || value == what.data.end()) return;
  auto inner = std::move(*value);
  what.data = std::move(inner);
  what.metadata.erase(flag);
  if (what.metadata.empty()) what.metadata = nullptr;
}

void read_file(const json& value, const std::string& path, const v0_3_file_words& words, core::field_errors& errors,
               core::part& out) {
  out.kind = core::part::type::url;
  proto_fields fields{value, path, errors};
  if (!fields.is_object()) return;
  const bool has_bytes = fields.find(words.bytes) != nullptr;
  const bool has_uri = fields.find(words.uri) != nullptr;
  if (has_bytes == has_uri) {
    errors.push_back({path, "needs either " + std::string{words.bytes} + " or " + std::string{words.uri}});
  } else if (has_bytes) {
    out.kind = core::part::type::raw;
    out.text = fields.base64(words.bytes).value_or("");
  } else {
    out.text = required_text(fields, words.uri);
  }
  out.media_type = fields.text("mimeType", limits::reference_bytes);
  out.filename = fields.text("name", limits::reference_bytes);
}

void append_file(std::string& out, const v0_3_file_words& words, const core::part& what) {
  core::append_string(out += '{', what.kind == core::part::type::raw ? words.bytes : words.uri);
  core::append_string(out += ':', what.text);
  if (!what.media_type.empty()) core::append_string(out += R"(,"mimeType":)", what.media_type);
  if (!what.filename.empty()) core::append_string(out += R"(,"name":)", what.filename);
  out += '}';
}

}  // namespace mofa::a2a
