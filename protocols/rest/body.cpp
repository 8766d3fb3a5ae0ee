#include "protocols/rest/body.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "protocols/core/fields.hpp"
#include "protocols/core/submission.hpp"
#include "protocols/document/document.hpp"
#include "protocols/http/headers.hpp"

namespace mofa::rest {
namespace {

using core::field_errors;
using core::json;
using core::object_fields;

constexpr std::array<std::string_view, 1> message_members{"message"};
constexpr std::array<std::string_view, 1> cancellation_members{"reason"};
constexpr std::array<std::string_view, 2> publication_members{"data", "durable"};

// The pointer of the whole body; object_fields keeps a reference to it.
const std::string root;

result<json> parse(const http::request& from) {
  if (auto type = check_content_type(from); !type) return std::move(type).error();
  return document::parse_json(from.body);
}

result<json> consume(http::request& from) {
  if (auto type = check_content_type(from); !type) return std::move(type).error();
  return document::consume_json(std::exchange(from.body, {}));
}

}  // namespace

result<core::submission> read_submission(http::request& from) {
  const auto value = consume(from);
  if (!value) return value.error();
  field_errors errors;
  object_fields fields{*value, root, core::submission_members, errors};
  auto out = core::submission_from(fields, errors);
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return out;
}

result<core::message> read_message(http::request& from) {
  const auto value = consume(from);
  if (!value) return value.error();
  field_errors errors;
  object_fields fields{*value, root, message_members, errors};
  auto out = core::user_message_from(fields, errors);
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return out;
}

result<std::string> read_cancel_reason(const http::request& from) {
  if (from.body.empty()) return std::string{};
  const auto value = parse(from);
  if (!value) return value.error();
  field_errors errors;
  object_fields fields{*value, root, cancellation_members, errors};
  auto out = core::cancel_reason_from(fields);
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return out;
}

result<core::publication> read_publication(http::request& from) {
  const auto value = consume(from);
  if (!value) return value.error();
  field_errors errors;
  object_fields fields{*value, root, publication_members, errors};
  core::publication out;
  if (const auto* data = fields.require("data")) out.data = *data;
  out.durable = fields.boolean("durable").value_or(false);
  if (!errors.empty()) return core::invalid_fields(std::move(errors));
  return out;
}

result<void> read_nothing(const http::request& from) {
  if (from.body.empty()) return {};
  const auto value = parse(from);
  if (!value) return value.error();
  if (value->is_object() && value->empty()) return {};
  return core::invalid_fields({{root, "this request has no body, or an empty object"}});
}

}  // namespace mofa::rest
