#include "server/app/doctor.hpp"

#include <doctest/doctest.h>

namespace mofa::app {
namespace {

TEST_CASE("a finding is one line: verdict, check, detail, and the fix when there is one") {
  CHECK(doctor_line({"keys", verdict::good, "none", ""}) == "ok    keys           none");
  CHECK(doctor_line({"data folder", verdict::bad, "var: not a folder", "use --data DIR"}) ==
        "BAD   data folder    var: not a folder; fix: use --data DIR");
  CHECK(doctor_line({"models", verdict::notice, "none", "set a key"}) == "note  models         none; fix: set a key");
}

TEST_CASE("what a room says behind its last semicolon is the fix") {
  const auto split = split_fix("port", verdict::bad, "listen 127.0.0.1:1: in use; use --listen 127.0.0.1:2", "other");
  CHECK(split.detail == "listen 127.0.0.1:1: in use");
  CHECK(split.fix == "use --listen 127.0.0.1:2");
  CHECK(split_fix("port", verdict::bad, "no such address", "other").fix == "other");
}

}  // namespace
}  // namespace mofa::app
