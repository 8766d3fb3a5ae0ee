#include "protocols/core/cursor.hpp"

#include <doctest/doctest.h>

using namespace mofa;
using namespace mofa::core;

TEST_CASE("a cursor is read back as what it was made of") {
  const auto id = task_id::make(time_point{milliseconds{1'700'000'000'000}});
  CHECK(*read_id_cursor(cursor_of::tasks, id_cursor(cursor_of::tasks, id)) == id);
  const message_place place{time_point{milliseconds{1'700'000'000'123}}, id, 42};
  const auto read = read_message_cursor(message_cursor(place));
  REQUIRE(read);
  CHECK(read->at == place.at);
  CHECK(read->task == place.task);
  CHECK(read->seq == place.seq);
  const auto status = read_status_cursor(status_cursor({place.at, id}));
  REQUIRE(status);
  CHECK(status->at == place.at);
  CHECK(status->task == id);
}

TEST_CASE("no cursor is the place before everything") {
  const auto id = task_id::make(time_point{milliseconds{1'700'000'000'000}});
  CHECK(id < *read_id_cursor(cursor_of::tasks, ""));
  CHECK(read_message_cursor("")->at > time_point{milliseconds{1'700'000'000'000}});
  CHECK(read_status_cursor("")->at > time_point{milliseconds{1'700'000'000'000}});
}

TEST_CASE("whatever is not exactly one of ours is invalid") {
  const auto id = task_id::make(time_point{milliseconds{0}});
  const auto good = message_cursor({time_point{milliseconds{1}}, id, 1});
  CHECK(read_id_cursor(cursor_of::contexts, id_cursor(cursor_of::tasks, id)).error().code == errc::invalid);
  CHECK(read_id_cursor(cursor_of::tasks, "t").error().code == errc::invalid);
  CHECK(read_id_cursor(cursor_of::tasks, id_cursor(cursor_of::tasks, id) + "0").error().code == errc::invalid);
  for (const std::string& bad :
       {good + "0", good.substr(1), "t" + good.substr(1), "m" + std::string(16, 'f') + good.substr(17),
        "mg" + good.substr(2), std::string(69, 'm')}) {
    CAPTURE(bad);
    const auto read = read_message_cursor(bad);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid);
  }
  const auto status = status_cursor({time_point{milliseconds{1}}, id});
  for (const std::string& bad : {status + "0", status.substr(1), "t" + status.substr(1), "sg" + status.substr(2),
                                 "s" + std::string(16, 'f') + status.substr(17), id_cursor(cursor_of::tasks, id)}) {
    CAPTURE(bad);
    const auto read = read_status_cursor(bad);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == errc::invalid);
  }
}
