#include "protocols/jsonrpc/envelope.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace mofa;
using core::json;
using jsonrpc::failure_kind;

namespace {

jsonrpc::call call_of(std::string_view body) {
  auto read = jsonrpc::read_call(std::string{body});
  REQUIRE(std::holds_alternative<jsonrpc::call>(read));
  return std::get<jsonrpc::call>(std::move(read));
}

jsonrpc::failure failure_of(std::string_view body) {
  auto read = jsonrpc::read_call(std::string{body});
  REQUIRE(std::holds_alternative<jsonrpc::failure>(read));
  return std::get<jsonrpc::failure>(std::move(read));
}

}  // namespace

TEST_CASE("a request is read with its method, its parameters and its id as JSON text") {
  const auto read = call_of(R"({"jsonrpc":"2.0","id":7,"method":"GetTask","params":{"id":"t","n":[1,null]},"extra":true})");
  CHECK(read.id == "7");
  CHECK(read.method == "GetTask");
  CHECK(read.params == json{{"id", "t"}, {"n", {1, nullptr}}});
}

TEST_CASE("ids are strings, integers and null, and go back as they came") {
  const std::vector<std::string> ids{R"("a")",
                                     R"("")",
                                     R"("a\"\\\n")",
                                     "\"\xc3\xa4\"",
                                     "0",
                                     "-1",
                                     "9223372036854775807",
                                     "18446744073709551615",
                                     "-9223372036854775808",
                                     "null"};
  for (const auto& id : ids) {
    CAPTURE(id);
    const auto read = call_of(R"({"jsonrpc":"2.0","method":"m","id":)" + id + "}");
    CHECK(read.id == id);
  }
}

TEST_CASE("ids of other types, or too long ones, are invalid requests with the id null") {
  const auto longest = std::string(jsonrpc::id_bytes - 2, 'x');
  for (const auto& id : {std::string{"1.5"}, std::string{"1.0"}, std::string{"true"}, std::string{"[]"}, std::string{"{}"},
                         '"' + longest + "x\""}) {
    CAPTURE(id);
    const auto why = failure_of(R"({"jsonrpc":"2.0","method":"m","id":)" + id + "}");
    CHECK(why.kind == failure_kind::invalid_request);
    CHECK(why.id == "null");
  }
  CHECK(call_of(R"({"jsonrpc":"2.0","method":"m","id":")" + longest + "\"}").id == '"' + longest + '"');
  // Each of these bytes takes six in JSON.
  CHECK(failure_of(R"({"jsonrpc":"2.0","method":"m","id":")" +
                   [] {
                     std::string out;
                     for (int i = 0; i < 200; ++i) out += "\\u0001";
                     return out;
                   }() +
                   "\"}")
            .kind == failure_kind::invalid_request);
}

TEST_CASE("a request without an id has the id null") { CHECK(call_of(R"({"jsonrpc":"2.0","method":"m"})").id == "null"); }

TEST_CASE("parameters that are missing or null are an empty object") {
  CHECK(call_of(R"({"jsonrpc":"2.0","id":1,"method":"m"})").params == json::object());
  CHECK(call_of(R"({"jsonrpc":"2.0","id":1,"method":"m","params":null})").params == json::object());
}

TEST_CASE("parameters that are no object are invalid parameters, with the id") {
  for (const std::string params : {"[]", "[{}]", "\"a\"", "1", "false"}) {
    CAPTURE(params);
    const auto why = failure_of(R"({"jsonrpc":"2.0","id":"x","method":"m","params":)" + params + "}");
    CHECK(why.kind == failure_kind::invalid_params);
    CHECK(why.id == "\"x\"");
  }
}

TEST_CASE("a body that is not JSON, or beyond the limits of documents, is a parse error with its place") {
  CHECK(failure_of("").kind == failure_kind::parse_error);
  const auto why = failure_of("{\"jsonrpc\":\"2.0\",\n\"id\":}");
  CHECK(why.kind == failure_kind::parse_error);
  CHECK(why.id == "null");
  CHECK(why.message.find("line 2") != std::string::npos);
  CHECK(failure_of(R"({"jsonrpc":"2.0","id":1,"id":2,"method":"m"})").kind == failure_kind::parse_error);
  CHECK(failure_of(std::string(200, '[') + std::string(200, ']')).kind == failure_kind::parse_error);
  CHECK(failure_of("{\"jsonrpc\":\"2.0\",\"method\":\"\xff\"}").kind == failure_kind::parse_error);
}

TEST_CASE("batches and other values are invalid requests") {
  for (const std::string body : {"[]", R"([{"jsonrpc":"2.0","id":1,"method":"m"}])", "\"m\"", "1", "null"}) {
    CAPTURE(body);
    const auto why = failure_of(body);
    CHECK(why.kind == failure_kind::invalid_request);
    CHECK(why.id == "null");
  }
  CHECK(failure_of("[]").message.find("batches") != std::string::npos);
}

TEST_CASE("the version must be 2.0 and the method a name; the failure has the id that could be read") {
  for (const std::string rest :
       {R"("method":"m")", R"("jsonrpc":"1.0","method":"m")", R"("jsonrpc":2.0,"method":"m")", R"("jsonrpc":"2.0")",
        R"("jsonrpc":"2.0","method":1)", R"("jsonrpc":"2.0","method":null)", R"("jsonrpc":"2.0","method":"")"}) {
    CAPTURE(rest);
    const auto why = failure_of(R"({"id":5,)" + rest + "}");
    CHECK(why.kind == failure_kind::invalid_request);
    CHECK(why.id == "5");
    CHECK_FALSE(why.message.empty());
  }
}

TEST_CASE("the kinds of failure are the codes of the specification") {
  CHECK(static_cast<int>(failure_kind::parse_error) == -32700);
  CHECK(static_cast<int>(failure_kind::invalid_request) == -32600);
  CHECK(static_cast<int>(failure_kind::invalid_params) == -32602);
}

TEST_CASE("the envelope goes around results and errors") {
  std::string out = "x";
  jsonrpc::begin_result(out, "7");
  out += R"({"a":1})";
  jsonrpc::end(out);
  CHECK(out == R"(x{"jsonrpc":"2.0","id":7,"result":{"a":1}})");

  out.clear();
  jsonrpc::append_error(out, "\"q\"", R"({"code":-32601,"message":"m"})");
  CHECK(out == R"({"jsonrpc":"2.0","id":"q","error":{"code":-32601,"message":"m"}})");

  out.clear();
  jsonrpc::begin_result(out, "null");
  out += "[]";
  jsonrpc::end(out);
  CHECK(out == R"({"jsonrpc":"2.0","id":null,"result":[]})");
}
