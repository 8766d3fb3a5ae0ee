#include <doctest/doctest.h>

#include <string>

#include "tests/integration/gateway_fixture.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

/// Writes the data of events in brackets; "end" completes the stream, "error" breaks it off.
class bracket_form final : public http::feed_encoder {
 public:
  void add(std::string& out, const core::event& what) override {
    out += '[' + what.data + ']';
    if (what.data == "end") state_ = state::complete;
    if (what.data == "error") state_ = state::failed;
  }
  void add(std::string& out, const core::live_frame& what) override { out += '<' + what.data + '>'; }
  void fail(std::string& out, const error& why) override {
    out += "[failed: " + why.detail + ']';
    state_ = state::failed;
  }
  void stop(std::string& out) override {
    out += "[stopping]";
    state_ = state::failed;
  }
  state now() const override { return state_; }

 private:
  state state_ = state::open;
};

http::response refuse(const error& why) {
  auto out = text_answer("no: " + std::string{to_string(why.code)});
  out.status = http::problem_kind_of(why.code).status;
  return out;
}

struct form_fixture {
  std::shared_ptr<fake_feed> feed = std::make_shared<fake_feed>();
  gateway_fixture at{[](gateway::options& how) { how.body_bytes = 1000; }, routes()};
  raw_client client{at.port()};

  http::route_table routes() {
    http::route_table out;
    out.push_back({"GET", "/form", core::scope::tasks_read,
                   [from = feed](http::request, http::responder answer) {
                     http::response made;
                     made.stream.emplace();
                     made.stream->open = [from](std::size_t credit, std::shared_ptr<core::event_sink> sink,
                                                core::completion<core::subscription_ptr> done) {
                       from->open(credit, std::move(sink), std::move(done));
                     };
                     made.stream->encoder = std::make_unique<bracket_form>();
                     answer(std::move(made));
                   },
                   refuse});
    out.push_back({"POST", "/form/body", core::scope::tasks_write,
                   [](http::request, http::responder answer) { answer(text_answer("read")); }, refuse});
    out.push_back({"GET", "/form/ended", core::scope::tasks_read, [](http::request, http::responder answer) {
                     http::response made;
                     made.stream.emplace();
                     made.stream->open = [](std::size_t, std::shared_ptr<core::event_sink>,
                                            core::completion<core::subscription_ptr> done) {
                       done(fail(errc::task_terminal, "nothing follows"));
                     };
                     made.stream->refuse = refuse;
                     made.stream->encoder = std::make_unique<bracket_form>();
                     answer(std::move(made));
                   }});
    out.push_back({"GET", "/form/dropped", core::scope::tasks_read, [](http::request, http::responder) {}, refuse});
    return out;
  }

  void begin() {
    REQUIRE(client.send(get_text("/form") + get_text("/livez")));
    REQUIRE(client.head()->status == 200);
  }
};

}  // namespace

TEST_CASE_FIXTURE(form_fixture, "a dialect's encoder writes the stream, and ends it before the feed does") {
  begin();
  feed->publish("one");
  CHECK(client.until("[one]\r\n"));
  feed->frame({"delta", "piece"});
  CHECK(client.until("<piece>\r\n"));
  feed->publish("end");
  feed->publish("late");
  const auto rest = client.until("0\r\n\r\n");
  REQUIRE(rest);
  CHECK(rest->find("[end]") != std::string::npos);
  CHECK(rest->find("late") == std::string::npos);
  CHECK(feed->is_left());
  CHECK(client.answer()->body == "ok");
}

TEST_CASE_FIXTURE(form_fixture, "an encoder that breaks the stream off ends the body in order and the connection with it") {
  begin();
  feed->publish("error");
  CHECK(client.until("[error]\r\n0\r\n\r\n"));
  CHECK(client.at_end());
  CHECK(feed->is_left());
}

TEST_CASE_FIXTURE(form_fixture, "an encoder says that its feed fails, in a body that is whole") {
  begin();
  feed->publish("one");
  REQUIRE(client.until("[one]\r\n"));
  feed->fail_with(fail(errc::unavailable, "restarting"));
  CHECK(client.until("[failed: restarting]\r\n0\r\n\r\n"));
  CHECK(client.at_end());
}

TEST_CASE_FIXTURE(form_fixture, "an encoder says that the server stops") {
  begin();
  feed->publish("one");
  REQUIRE(client.until("[one]\r\n"));
  CHECK(at.server->drain(milliseconds{10'000}));
  CHECK(client.until("[stopping]\r\n0\r\n\r\n"));
  CHECK(client.at_end());
}

TEST_CASE_FIXTURE(form_fixture, "a dialect with an encoder says itself that a task has ended and no stream follows") {
  REQUIRE(client.send(get_text("/form/ended") + get_text("/livez")));
  const auto got = client.answer();
  REQUIRE(got);
  CHECK(got->status == 409);
  CHECK(got->body == "no: task_terminal");
  CHECK(client.answer()->body == "ok");
}

TEST_CASE("what the gateway itself answers on a route has the form of the route's dialect") {
  form_fixture open;
  CHECK(open.client.send("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));
  const auto wrong_method = open.client.answer();
  REQUIRE(wrong_method);
  CHECK(wrong_method->status == 405);
  CHECK(wrong_method->body == "no: method_not_allowed");
  CHECK(wrong_method->headers.at("allow").find("GET") != std::string::npos);
  CHECK(get(open.at.port(), "/form/dropped")->body == "no: internal");
  CHECK(get(open.at.port(), "/nowhere")->headers.at("content-type") == "application/problem+json");
}

TEST_CASE("a body that cannot be read is refused in the form of the route's dialect, however it comes") {
  struct example {
    const char* body;
    const char* answer;
    int status;
  };
  const auto far_too_much = "Transfer-Encoding: chunked\r\n\r\n400\r\n" + std::string(1024, 'x') + "\r\n0\r\n\r\n";
  for (const auto& [body, answer, status] :
       {example{"Content-Length: 1001\r\n\r\n", "no: payload_too_large", 413},
        example{far_too_much.c_str(), "no: payload_too_large", 413},
        example{"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n", "no: invalid_syntax", 400},
        example{"Content-Length: 4\r\n\r\nbody", "read", 200}}) {
    CAPTURE(body);
    form_fixture open;
    CHECK(open.client.send("POST /form/body HTTP/1.1\r\nHost: localhost\r\n" + std::string{body}));
    const auto got = open.client.answer();
    REQUIRE(got);
    CHECK(got->status == status);
    CHECK(got->body == answer);
    if (status != 200) CHECK(open.client.at_end());
  }
  // The route is found before the first chunk comes.
  form_fixture slow;
  CHECK(slow.client.send(
      "POST /form/body HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"));
  REQUIRE(slow.client.until("100 Continue\r\n\r\n"));
  CHECK(slow.client.send("1\r\nx\r\nzz\r\n"));
  CHECK(slow.client.answer()->body == "no: invalid_syntax");
  form_fixture open;
  CHECK(open.client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n"));
  CHECK(open.client.answer()->headers.at("content-type") == "application/problem+json");
}
