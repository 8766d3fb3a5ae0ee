#include "protocols/a2a/fault.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "protocols/http/problem.hpp"

using namespace mofa;
using a2a::error_profile;
using a2a::fault;
using a2a::fault_kind;
using a2a::version;
using core::json;

namespace {

struct row {
  fault_kind kind;
  int code;
  std::string reason;
  std::string status;
  int http;
  std::string status_0;
  int http_0;
};

const std::array<row, 14> table{{
    {fault_kind::parse, -32700, "PARSE_ERROR", "INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", 400},
    {fault_kind::invalid_request, -32600, "INVALID_REQUEST", "INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", 400},
    {fault_kind::method_not_found, -32601, "METHOD_NOT_FOUND", "UNIMPLEMENTED", 404, "UNIMPLEMENTED", 404},
    {fault_kind::invalid_params, -32602, "INVALID_PARAMS", "INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", 400},
    {fault_kind::internal, -32603, "INTERNAL_ERROR", "INTERNAL", 500, "INTERNAL", 500},
    {fault_kind::task_not_found, -32001, "TASK_NOT_FOUND", "NOT_FOUND", 404, "NOT_FOUND", 404},
    {fault_kind::task_not_cancelable, -32002, "TASK_NOT_CANCELABLE", "FAILED_PRECONDITION", 400, "FAILED_PRECONDITION", 409},
    {fault_kind::push_not_supported, -32003, "PUSH_NOTIFICATION_NOT_SUPPORTED", "FAILED_PRECONDITION", 400, "UNIMPLEMENTED",
     400},
    {fault_kind::unsupported_operation, -32004, "UNSUPPORTED_OPERATION", "FAILED_PRECONDITION", 400, "UNIMPLEMENTED", 400},
    {fault_kind::content_type_not_supported, -32005, "CONTENT_TYPE_NOT_SUPPORTED", "INVALID_ARGUMENT", 400,
     "INVALID_ARGUMENT", 415},
    {fault_kind::invalid_agent_response, -32006, "INVALID_AGENT_RESPONSE", "INTERNAL", 500, "INTERNAL", 502},
    {fault_kind::extended_card_not_configured, -32007, "EXTENDED_AGENT_CARD_NOT_CONFIGURED", "FAILED_PRECONDITION", 400,
     "FAILED_PRECONDITION", 400},
    {fault_kind::extension_support_required, -32008, "EXTENSION_SUPPORT_REQUIRED", "FAILED_PRECONDITION", 400,
     "FAILED_PRECONDITION", 400},
    {fault_kind::version_not_supported, -32009, "VERSION_NOT_SUPPORTED", "FAILED_PRECONDITION", 400, "UNIMPLEMENTED", 400},
}};

fault fault_with(fault_kind kind, std::string message = "why") {
  fault out;
  out.kind = kind;
  out.message = std::move(message);
  return out;
}

fault refusal(errc code) { return a2a::fault_of(error{code, "no"}); }

std::string header_of(const http::response& from, std::string_view name) {
  for (const auto& [key, value] : from.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

TEST_CASE("each kind has its code, its reason and its statuses for both profiles") {
  for (const auto& each : table) {
    CAPTURE(each.reason);
    const auto what = fault_with(each.kind);
    CHECK(a2a::code_of(fault_with(each.kind)) == each.code);

    const auto rpc = json::parse(a2a::rpc_error(what, version::v1_0));
    CHECK(rpc == json{{"code", each.code},
                      {"message", "why"},
                      {"data", json::array({{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                                             {"reason", each.reason},
                                             {"domain", "a2a-protocol.org"}}})}});

    const auto now = a2a::rest_response(what, version::v1_0, error_profile::v1_0_1);
    CHECK(now.status == each.http);
    CHECK(now.content_type == "application/json");
    const auto body = json::parse(now.body);
    CHECK(body["error"]["code"] == each.http);
    CHECK(body["error"]["status"] == each.status);
    CHECK(body["error"]["message"] == "why");
    CHECK(body["error"]["details"] == rpc["data"]);

    const auto before = a2a::rest_response(what, version::v1_0, error_profile::v1_0_0);
    CHECK(before.status == each.http_0);
    CHECK(json::parse(before.body)["error"]["code"] == each.http_0);
    CHECK(json::parse(before.body)["error"]["status"] == each.status_0);
  }
}

TEST_CASE("the texts of errors are exactly these") {
  auto what = a2a::no_such_task("t-1");
  CHECK(a2a::rpc_error(what, version::v1_0) ==
        R"({"code":-32001,"message":"no task t-1","data":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
        R"("reason":"TASK_NOT_FOUND","domain":"a2a-protocol.org","metadata":{"taskId":"t-1"}}]})");
  CHECK(a2a::rest_response(what, version::v1_0, error_profile::v1_0_1).body ==
        R"({"error":{"code":404,"status":"NOT_FOUND","message":"no task t-1","details":[)"
        R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"TASK_NOT_FOUND","domain":"a2a-protocol.org",)"
        R"("metadata":{"taskId":"t-1"}}]}})");
  CHECK(a2a::rpc_error(what, version::v0_3) == R"({"code":-32001,"message":"no task t-1"})");
  CHECK(a2a::rest_response(what, version::v0_3, error_profile::v1_0_1).body == R"({"code":-32001,"message":"no task t-1"})");
  CHECK(a2a::rpc_response(what, version::v0_3, "\"a\"").body ==
        R"({"jsonrpc":"2.0","id":"a","error":{"code":-32001,"message":"no task t-1"}})");

  what.kind = fault_kind::version_not_supported;
  what.metadata = {{"supportedVersions", "1.0, 0.3"}, {"asked", "9.0"}};
  CHECK(json::parse(a2a::rpc_error(what, version::v1_0))["data"][0]["metadata"] ==
        json{{"supportedVersions", "1.0, 0.3"}, {"asked", "9.0"}});
}

TEST_CASE("an id that is empty or too long to repeat is not repeated") {
  CHECK(a2a::no_such_task("").metadata.empty());
  CHECK(a2a::no_such_task(std::string(128, 'x')).metadata.size() == 1);
  const auto what = a2a::no_such_task(std::string(129, 'x'));
  CHECK(what.kind == fault_kind::task_not_found);
  CHECK(what.metadata.empty());
  CHECK(what.message.size() < 40);
}

TEST_CASE("wrong fields are violations, named as a programmer would write them") {
  auto what = fault_with(fault_kind::invalid_params);
  what.fields = {{"/message/parts/0/text", "a"}, {"", "b"}, {"/meta~1data/a~0b/12", "c"}, {"/a//b", "d"}, {"/0/x", "e"}};
  const auto data = json::parse(a2a::rpc_error(what, version::v1_0))["data"];
  REQUIRE(data.size() == 2);
  CHECK(data[1]["@type"] == "type.googleapis.com/google.rpc.BadRequest");
  CHECK(data[1]["fieldViolations"] == json::array({{{"field", "message.parts[0].text"}, {"description", "a"}},
                                                   {{"field", ""}, {"description", "b"}},
                                                   {{"field", "meta/data.a~b[12]"}, {"description", "c"}},
                                                   {{"field", "a..b"}, {"description", "d"}},
                                                   {{"field", "[0].x"}, {"description", "e"}}}));
  const auto rest = json::parse(a2a::rest_response(what, version::v1_0, error_profile::v1_0_1).body);
  CHECK(rest["error"]["details"] == data);
  CHECK_FALSE(json::parse(a2a::rpc_error(what, version::v0_3)).contains("data"));
}

TEST_CASE("messages that are not UTF-8 still make valid JSON") {
  const auto what = fault_with(fault_kind::invalid_params, "bad \xff \"quote\"\n");
  CHECK(json::parse(a2a::rpc_error(what, version::v1_0))["message"] == "bad \xef\xbf\xbd \"quote\"\n");
  CHECK(json::parse(a2a::rest_response(what, version::v1_0, error_profile::v1_0_1).body)["error"]["message"] ==
        "bad \xef\xbf\xbd \"quote\"\n");
}

TEST_CASE("every kind of failure of the server is a fault, and a refusal has its own name and status") {
  int refused = 0;
  for (int i = 0; i <= static_cast<int>(errc::internal); ++i) {
    const auto code = static_cast<errc>(i);
    CAPTURE(to_string(code));
    const auto what = refusal(code);
    CHECK(what.message == "no");
    CHECK(what.cause.code == code);
    const auto rest = a2a::rest_response(what, version::v1_0, error_profile::v1_0_1);
    const auto body = json::parse(rest.body);
    CHECK(body["error"]["code"] == rest.status);
    if (what.kind != fault_kind::refused) {
      CHECK(a2a::rpc_response(what, version::v1_0, "1").status == (what.kind == fault_kind::parse ? 400 : 200));
      continue;
    }
    ++refused;
    CHECK(rest.status == http::problem_kind_of(code).status);
    CHECK(a2a::rpc_response(what, version::v1_0, "null").status == rest.status);
    CHECK(a2a::rest_response(what, version::v0_3, error_profile::v1_0_1).status == rest.status);
    // Nothing internal went wrong: the request is at fault, or the server may not or cannot now.
    const bool request = rest.status == 405 || rest.status == 413 || rest.status == 431;
    CHECK(a2a::code_of(what) == (request ? -32600 : -32000));
    CHECK(json::parse(a2a::rpc_error(what, version::v0_3))["code"] == a2a::code_of(what));
    CHECK(body["error"]["details"][0]["domain"] == "mofa.dev");
    CHECK(body["error"]["status"] != "");
    auto name = std::string{to_string(code)};
    for (auto& c : name) c = c == '_' ? '_' : static_cast<char>(c - 32);
    CHECK(body["error"]["details"][0]["reason"] == name);
  }
  CHECK(refused == 17);
}

TEST_CASE("what the gateway turns away is no task that is not there, and no malformed JSON") {
  for (const auto& [code, status] : {std::pair{errc::not_found, 404}, std::pair{errc::invalid_syntax, 400}}) {
    const auto what = a2a::turned_away(error{code, "no"});
    CHECK(what.kind == fault_kind::refused);
    CHECK(a2a::code_of(what) == -32600);
    const auto rpc = a2a::rpc_response(what, version::v1_0, "null");
    CHECK(rpc.status == status);
    CHECK(json::parse(rpc.body)["error"]["data"][0]["domain"] == "mofa.dev");
    CHECK(a2a::rest_response(what, version::v1_0, error_profile::v1_0_1).status == status);
    CHECK(json::parse(a2a::rest_response(what, version::v0_3, error_profile::v1_0_1).body)["code"] == -32600);
  }
  for (const auto code : {errc::forbidden, errc::overloaded, errc::method_not_allowed, errc::internal}) {
    const auto same = a2a::turned_away(error{code, "no"});
    CHECK(same.kind == refusal(code).kind);
    CHECK(same.message == "no");
  }
  CHECK(a2a::code_of(a2a::turned_away(error{errc::unauthenticated, "no"})) == -32000);
  CHECK(a2a::code_of(a2a::turned_away(error{errc::internal, "no"})) == -32603);
}

TEST_CASE("failures of the ports are the faults that the specification has for them") {
  CHECK(refusal(errc::invalid_syntax).kind == fault_kind::parse);
  for (const auto code : {errc::invalid, errc::idempotency_mismatch, errc::limit_exceeded, errc::address_refused}) {
    CHECK(refusal(code).kind == fault_kind::invalid_params);
  }
  CHECK(refusal(errc::not_found).kind == fault_kind::task_not_found);
  CHECK(refusal(errc::task_not_cancelable).kind == fault_kind::task_not_cancelable);
  for (const auto code : {errc::context_busy, errc::task_terminal, errc::unsupported}) {
    CHECK(refusal(code).kind == fault_kind::unsupported_operation);
  }
  for (const auto code : {errc::unsupported_media_type, errc::not_acceptable}) {
    CHECK(refusal(code).kind == fault_kind::content_type_not_supported);
  }
  for (const auto code :
       {errc::unauthenticated, errc::forbidden, errc::queue_full, errc::overloaded, errc::unavailable, errc::draining,
        errc::storage_full, errc::timeout, errc::payload_too_large, errc::header_too_large}) {
    CHECK(refusal(code).kind == fault_kind::refused);
  }
  for (const auto code : {errc::internal, errc::corrupt, errc::io, errc::version_too_new, errc::unknown_outcome}) {
    CHECK(refusal(code).kind == fault_kind::internal);
  }
  const auto fields = a2a::fault_of(error{errc::invalid, "d", {{"/a", "b"}}}).fields;
  REQUIRE(fields.size() == 1);
  CHECK(fields[0].path == "/a");
}

TEST_CASE("refusals say their google.rpc.Code") {
  const auto status_of = [](errc code) {
    return json::parse(a2a::rest_response(refusal(code), version::v1_0, error_profile::v1_0_1).body)["error"]["status"]
        .get<std::string>();
  };
  CHECK(status_of(errc::unauthenticated) == "UNAUTHENTICATED");
  CHECK(status_of(errc::forbidden) == "PERMISSION_DENIED");
  CHECK(status_of(errc::origin_not_allowed) == "PERMISSION_DENIED");
  CHECK(status_of(errc::host_not_allowed) == "INVALID_ARGUMENT");
  CHECK(status_of(errc::method_not_allowed) == "UNIMPLEMENTED");
  CHECK(status_of(errc::conflict) == "ABORTED");
  CHECK(status_of(errc::in_progress) == "ABORTED");
  CHECK(status_of(errc::precondition_failed) == "FAILED_PRECONDITION");
  CHECK(status_of(errc::payload_too_large) == "INVALID_ARGUMENT");
  CHECK(status_of(errc::queue_full) == "RESOURCE_EXHAUSTED");
  CHECK(status_of(errc::overloaded) == "UNAVAILABLE");
  CHECK(status_of(errc::upstream_failed) == "UNAVAILABLE");
  CHECK(status_of(errc::timeout) == "DEADLINE_EXCEEDED");
}

TEST_CASE("refusals bring what HTTP says about trying again, in every version and binding") {
  error busy{errc::queue_full, "full"};
  busy.retry_after = std::chrono::seconds{7};
  busy.limit = exhausted_limit{"queue", 10};
  const auto what = a2a::fault_of(busy);
  for (const auto& each : {a2a::rpc_response(what, version::v1_0, "1"), a2a::rpc_response(what, version::v0_3, "1"),
                           a2a::rest_response(what, version::v1_0, error_profile::v1_0_0),
                           a2a::rest_response(what, version::v0_3, error_profile::v1_0_1)}) {
    CHECK(each.status == 429);
    CHECK(each.content_type == "application/json");
    CHECK(header_of(each, "Retry-After") == "7");
    CHECK(header_of(each, "RateLimit") == "\"queue\";r=0;t=7");
  }
  CHECK(header_of(a2a::rpc_response(refusal(errc::unauthenticated), version::v1_0, "null"), "WWW-Authenticate") ==
        "Bearer realm=\"mofa\"");
  CHECK(a2a::rest_response(refusal(errc::internal), version::v1_0, error_profile::v1_0_1).headers.empty());
}

TEST_CASE("JSON-RPC errors are HTTP 200, but parse errors are 400") {
  for (const auto& each : table) {
    CAPTURE(each.reason);
    const bool bad = each.kind == fault_kind::parse;
    for (const auto as : {version::v1_0, version::v0_3}) {
      const auto got = a2a::rpc_response(fault_with(each.kind), as, "5");
      CHECK(got.status == (bad ? 400 : 200));
      CHECK(got.content_type == "application/json");
      const auto body = json::parse(got.body);
      CHECK(body["jsonrpc"] == "2.0");
      CHECK(body["id"] == 5);
      CHECK(body["error"]["code"] == each.code);
    }
  }
}

TEST_CASE("the REST of 0.3 has the statuses of 1.0.0, whatever the profile") {
  for (const auto& each : table) {
    CAPTURE(each.reason);
    const auto got = a2a::rest_response(fault_with(each.kind), version::v0_3, error_profile::v1_0_1);
    CHECK(got.status == each.http_0);
    CHECK(json::parse(got.body) == json{{"code", each.code}, {"message", "why"}});
  }
}
