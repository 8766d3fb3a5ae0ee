#include "server/store/sqlite/open.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/store_scratch.hpp"
#include "tests/support/store_units.hpp"

using namespace mofa;
using namespace mofa::test;

namespace {

error refusal(const std::string& file) {
  const auto opened = store::open_sqlite(file);
  REQUIRE_FALSE(opened);
  return opened.error();
}

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Whether nobody but its owner may do anything with the file.
bool is_private(const std::string& file) {
  using std::filesystem::perms;
  const auto others = perms::group_all | perms::others_all;
  return (std::filesystem::status(file).permissions() & others) == perms::none;
}

}  // namespace

TEST_CASE("a file that is not a SQLite database is refused and left alone") {
  const scratch_folder folder;
  for (const std::size_t size : {10u, 5000u}) {
    const auto file = folder.file("notes" + std::to_string(size));
    std::ofstream(file) << std::string(size, 'x');
    CHECK(refusal(file).code == errc::invalid);
    CHECK(refusal(file).detail == file + ": not a SQLite database");
    CHECK(content_of(file) == std::string(size, 'x'));
  }
}

TEST_CASE("a SQLite database of another program is refused and left alone") {
  const scratch_folder folder;
  const auto file = folder.file("other.db");
  REQUIRE(run_sql(file, "CREATE TABLE songs (name TEXT); INSERT INTO songs VALUES ('x')") == "");
  const auto before = content_of(file);
  CHECK(refusal(file).code == errc::invalid);
  CHECK(refusal(file).detail == file + ": a SQLite database of another program");
  CHECK(content_of(file) == before);

  const auto marked = folder.file("marked.db");
  REQUIRE(run_sql(marked, "PRAGMA application_id=7") == "");
  CHECK(refusal(marked).detail == marked + ": a SQLite database of another program");
}

TEST_CASE("a database of a newer schema is refused with both versions and left alone") {
  const scratch_folder folder;
  const auto file = folder.file("mofa.db");
  REQUIRE(store::open_sqlite(file));
  const auto known = std::stoi(run_sql(file, "SELECT max(version) FROM schema_version"));
  REQUIRE(run_sql(file, "INSERT INTO schema_version (version, name) VALUES (99, 'future')") == "");
  const auto before = content_of(file);
  CHECK(refusal(file).code == errc::version_too_new);
  CHECK(refusal(file).detail ==
        file + ": schema version 99, this binary knows up to " + std::to_string(known) + "; use the newer mofa");
  CHECK(content_of(file) == before);
}

TEST_CASE("a file in a folder that does not exist is an io error that names it") {
  const scratch_folder folder;
  const auto file = folder.file("missing/mofa.db");
  CHECK(refusal(file).code == errc::io);
  CHECK(refusal(file).detail.starts_with(file + ": "));
}

TEST_CASE("a new database has the write-ahead log and one row of meta") {
  const scratch_folder folder;
  const auto file = folder.file("mofa.db");
  REQUIRE(store::open_sqlite(file));
  CHECK(run_sql(file, "PRAGMA journal_mode") == "wal");
  CHECK(run_sql(file, "SELECT count(*) FROM meta") == "1");
  REQUIRE(store::open_sqlite(file));
  CHECK(run_sql(file, "SELECT count(*) FROM schema_version") == run_sql(file, "SELECT max(version) FROM schema_version"));
}

TEST_CASE("ended tasks that are there when the counts come in are counted") {
  const scratch_folder folder;
  const auto file = folder.file("mofa.db");
  const auto total = [&](bool with_new) {
    auto store = store::open_sqlite(file);
    REQUIRE(store);
    const auto epoch = (*store)->acquire_ownership();
    REQUIRE(epoch);
    for (int i = 0; with_new && i < 3; ++i) {
      task_story story{*epoch, time_point{milliseconds{1'000 + i}}};
      REQUIRE(append_one(**store, story.whole()));
    }
    core::task_filter filter;
    filter.by_status = true;
    filter.counted = true;
    const auto page = (*store)->list(caller_of("local"), filter, {});
    REQUIRE(page);
    return page->total;
  };
  REQUIRE(total(true) == 3);
  REQUIRE(
      run_sql(file,
              "DROP TRIGGER tasks_end_at_once; DROP TRIGGER tasks_end; DROP TRIGGER tasks_go; DROP TABLE ended_counts") ==
      "");
  REQUIRE(run_sql(file, content_of("migrations/sqlite/0009_ended_counts.sql")) == "");
  CHECK(total(false) == 3);
  CHECK(total(true) == 6);
}

TEST_CASE("a database is its owner's alone, and so is what stands beside it while it is open") {
  const scratch_folder folder;
  const auto file = folder.file("mofa.db");
  const std::vector<std::string> all{file, file + "-wal", file + "-shm"};
  {
    const auto opened = store::open_sqlite(file);
    REQUIRE(opened);
    for (const auto& each : all) CHECK_MESSAGE(is_private(each), each);
  }
  // As an older binary has left it, or a copy that was put back.
  for (const auto& each : all) {
    if (each != file) std::ofstream{each};
    std::filesystem::permissions(each, std::filesystem::perms{0644});
  }
  const auto opened = store::open_sqlite(file);
  REQUIRE(opened);
  for (const auto& each : all) CHECK_MESSAGE(is_private(each), each);
}

TEST_CASE("a file of another program keeps its mode") {
  const scratch_folder folder;
  const auto file = folder.file("other.db");
  REQUIRE(run_sql(file, "CREATE TABLE songs (name TEXT)") == "");
  std::filesystem::permissions(file, std::filesystem::perms{0644});
  CHECK(refusal(file).code == errc::invalid);
  CHECK_FALSE(is_private(file));
}
