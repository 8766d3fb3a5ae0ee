#include "server/telemetry/logging.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "actors/system/probe.hpp"
#include "server/gateway/probe.hpp"
#include "server/http_client/probe.hpp"
#include "server/telemetry/full_store.hpp"
#include "server/telemetry/line_limit.hpp"
#include "server/telemetry/metrics.hpp"

using namespace mofa;

namespace {

/// Logs into a string for the time of a test.
class captured {
 public:
  captured(std::string_view level, std::string_view format) {
    REQUIRE(telemetry::configure_logging(level, format, std::make_shared<spdlog::sinks::ostream_sink_mt>(out_)));
  }
  ~captured() { CHECK(telemetry::configure_logging("error", "text")); }

  std::vector<std::string> lines() const {
    std::istringstream in{out_.str()};
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }

 private:
  std::ostringstream out_;
};

}  // namespace

TEST_CASE("a line of text has time, level, room and the message") {
  captured log{"info", "text"};
  spdlog::get("gateway")->info("listening address={}", "127.0.0.1:8080");
  telemetry::logger("gateway")->debug("not shown");
  const auto lines = log.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].size() > 25);
  CHECK(parse_rfc3339(lines[0].substr(0, 24)));
  CHECK(lines[0].substr(24) == " info gateway listening address=127.0.0.1:8080");
}

TEST_CASE("nothing that is logged can begin a line of its own") {
  captured log{"info", "text"};
  telemetry::logger("app")->info("path={}", "a\nb\r\x1b[31m");
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines()[0].ends_with(" info app path=a\\nb\\r\\u001b[31m"));
}

TEST_CASE("a line of JSON is one object, whatever is in the message") {
  captured log{"warn", "json"};
  telemetry::logger("storage")->error("a \"quoted\" word\nand \xff");
  telemetry::logger("storage")->info("not shown");
  const auto lines = log.lines();
  REQUIRE(lines.size() == 1);
  const auto got = nlohmann::json::parse(lines[0]);
  CHECK(got["level"] == "error");
  CHECK(got["logger"] == "storage");
  CHECK(got["message"] == "a \"quoted\" word\nand \xef\xbf\xbd");
  CHECK(parse_rfc3339(got["time"].get<std::string>()));
}

TEST_CASE("a new configuration reaches the loggers that exist and those to come") {
  const auto early = telemetry::logger("gateway");
  captured log{"debug", "text"};
  early->debug("early");
  telemetry::logger("a_new_room")->debug("late");
  spdlog::debug("by default");
  const auto lines = log.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].ends_with(" debug gateway early"));
  CHECK(lines[1].ends_with(" debug a_new_room late"));
  CHECK(lines[2].ends_with(" debug app by default"));
}

TEST_CASE("an unknown level or format is refused and changes nothing") {
  captured log{"info", "text"};
  CHECK(telemetry::configure_logging("verbose", "text").error().detail ==
        "log level 'verbose': must be trace, debug, info, warn or error");
  CHECK(telemetry::configure_logging("info", "xml").error().detail == "log format 'xml': must be text or json");
  telemetry::logger("app")->info("still here");
  CHECK(log.lines().size() == 1);
}

TEST_CASE("level and form may change while loggers are used, and where lines go to stays") {
  captured log{"info", "text"};
  const auto early = telemetry::logger("gateway");
  early->debug("not shown");
  REQUIRE(telemetry::adjust_logging("debug", "json"));
  early->debug("shown");
  telemetry::logger("a_newer_room")->debug("shown too");
  CHECK_FALSE(telemetry::adjust_logging("loud", "text"));
  CHECK_FALSE(telemetry::adjust_logging("info", "xml"));
  REQUIRE(log.lines().size() == 2);
  CHECK(nlohmann::json::parse(log.lines()[0])["message"] == "shown");
  REQUIRE(telemetry::adjust_logging("warn", "text"));
  early->info("not shown");
  early->warn("last");
  REQUIRE(log.lines().size() == 3);
  CHECK(log.lines()[2].ends_with(" warn gateway last"));
}

TEST_CASE("a value is quoted when it could be mistaken") {
  CHECK(telemetry::quoted("/api/v1/tasks/{id}:cancel") == "/api/v1/tasks/{id}:cancel");
  CHECK(telemetry::quoted("") == "\"\"");
  CHECK(telemetry::quoted("two words") == "\"two words\"");
  CHECK(telemetry::quoted("a=b") == "\"a=b\"");
  CHECK(telemetry::quoted("say \"no\\\"\n") == "\"say \\\"no\\\\\\\"\\n\"");
}

TEST_CASE("a finished request is one line at debug") {
  captured log{"debug", "text"};
  telemetry::metrics all;
  all.gateway().request_finished("/api/v1/tasks/{id}", "GET", 404, std::chrono::microseconds{1500}, "r-1",
                                 "/api/v1/tasks/x");
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines()[0].ends_with(
      " debug gateway request req=r-1 method=GET path=/api/v1/tasks/x route=/api/v1/tasks/{id} status=404 took_us=1500"));
}

TEST_CASE("a flood of refusals is logged, but not as a flood") {
  captured log{"warn", "text"};
  telemetry::metrics all;
  for (int i = 0; i < 1000; ++i) all.gateway().request_refused("overloaded");
  const auto lines = log.lines();
  // The second may change once while the loop runs.
  CHECK(lines.size() >= 10);
  CHECK(lines.size() <= 20);
  CHECK(lines[0].ends_with(" warn gateway request refused reason=overloaded left_out=0"));
}

TEST_CASE("a refused address is a line with what the operator may allow, and a flood of them is none in the log") {
  captured log{"warn", "text"};
  telemetry::metrics all;
  for (int i = 0; i < 1000; ++i) all.outbound().address_refused("wiki.example", "10.0.0.7", "private");
  const auto lines = log.lines();
  CHECK(lines.size() >= 10);
  CHECK(lines.size() <= 20);
  CHECK(lines[0].ends_with(" warn http_client address refused address=10.0.0.7 reason=private left_out=0"));
}

TEST_CASE("the host of a refused address may be somebody's word: only a log at debug has it") {
  captured log{"debug", "text"};
  telemetry::metrics all;
  all.outbound().address_refused("wiki.example", "10.0.0.7", "private");
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines()[0].ends_with(
      " warn http_client address refused host=wiki.example address=10.0.0.7 reason=private left_out=0"));
}

TEST_CASE("an operator sees restarts, escalations and failed appends") {
  captured log{"info", "text"};
  telemetry::metrics all;
  all.actors().child_restarted("root/store", "disk on fire");
  all.actors().escalated("root/store", "intensity");
  all.actors().append_failed(errc::storage_full, 2);
  const auto lines = log.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].ends_with(" warn supervision child restarted path=root/store reason=\"disk on fire\""));
  CHECK(lines[1].ends_with(" error supervision escalated path=root/store reason=intensity"));
  CHECK(lines[2].ends_with(" error storage append failed reason=storage_full units=2 left_out=0"));
}

TEST_CASE("an operator sees which push configuration is told no more, and where it was told, in few lines") {
  captured log{"info", "text"};
  telemetry::metrics all;
  auto& probe = all.actors();
  const actors::push_receiver who{"0190163d-8694-739b-aea5-966c26f8ad91", "a \"b\"", "[::1]:80"};
  probe.push_refused(who, "http_4xx");
  probe.push_given_up(who, "attempts");
  probe.push_server_answers("one.example:443", false);
  probe.push_server_answers("one.example:443", true);
  probe.push_store_failed(errc::io);
  const std::string name = "task=0190163d-8694-739b-aea5-966c26f8ad91 config=\"a \\\"b\\\"\" server=[::1]:80";
  const auto lines = log.lines();
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].ends_with(" warn delivery push refused " + name + " reason=http_4xx left_out=0"));
  CHECK(lines[1].ends_with(" warn delivery push given up " + name + " reason=attempts left_out=0"));
  CHECK(lines[2].ends_with(" warn delivery push server does not answer server=one.example:443 left_out=0"));
  CHECK(lines[3].ends_with(" warn delivery push server answers again server=one.example:443 left_out=0"));
  CHECK(lines[4].ends_with(" warn delivery push store failed reason=io left_out=0"));
  for (int i = 0; i < 1000; ++i) {
    probe.push_refused(who, "http_4xx");
    probe.push_given_up(who, "attempts");
    probe.push_server_answers("one.example:443", false);
    probe.push_store_failed(errc::io);
  }
  // Ten of each kind a second, and a second may begin in between.
  CHECK(log.lines().size() >= 40);
  CHECK(log.lines().size() <= 80);
}

TEST_CASE("a full disk is logged, but not once for each thing that it refuses") {
  captured log{"info", "text"};
  telemetry::metrics all;
  for (int i = 0; i < 1000; ++i) all.actors().append_failed(errc::storage_full, 1);
  CHECK(log.lines().size() >= 10);
  CHECK(log.lines().size() <= 20);
}

TEST_CASE("of a flood ten lines a second are written, and the next one tells what was left out") {
  using namespace std::chrono_literals;
  telemetry::line_limit limit;
  telemetry::line_limit::time now{5s};
  for (int i = 0; i < 10; ++i) CHECK(limit.admit(now) == 0);
  for (int i = 0; i < 7; ++i) CHECK_FALSE(limit.admit(now + 999ms));
  CHECK(limit.admit(now + 1s) == 7);
  CHECK(limit.admit(now + 1s) == 0);
}

TEST_CASE("a store that refused for want of room is full until it takes something, or for ten seconds") {
  using namespace std::chrono_literals;
  telemetry::full_store room;
  const telemetry::full_store::time now{5s};
  CHECK_FALSE(room.is_full(now));
  room.refused(now);
  CHECK(room.is_full(now + 9'999ms));
  CHECK_FALSE(room.is_full(now + 10s));
  room.refused(now + 20s);
  room.committed();
  CHECK_FALSE(room.is_full(now + 20s));
}

TEST_CASE("only a want of room makes the store full") {
  telemetry::metrics all;
  all.actors().append_failed(errc::conflict, 1);
  CHECK_FALSE(all.store_is_full());
  all.actors().append_failed(errc::storage_full, 1);
  CHECK(all.store_is_full());
  all.actors().append_committed(1, std::chrono::microseconds{1});
  CHECK_FALSE(all.store_is_full());
}
