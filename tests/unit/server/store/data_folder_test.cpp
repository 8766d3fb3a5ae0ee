#include "server/store/data_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/support/store_scratch.hpp"

using namespace mofa;
using namespace mofa::test;
using store::open_data_folder;

namespace {

constexpr uid_t stranger = 65'534;

int mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(stat(path.c_str(), &found) == 0);
  return static_cast<int>(found.st_mode & 07777);
}

struct answer {
  std::string uid;
  std::string said;
};

/// What open_data_folder says to a user who is not root.
answer as_a_user(const std::string& path) {
  const uid_t uid = geteuid() == 0 ? stranger : geteuid();
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (geteuid() == 0 && setuid(uid) != 0) _exit(2);
    const auto opened = open_data_folder(path);
    const std::string said = opened ? "opened" : opened.error().detail;
    const auto written = write(ends[1], said.data(), said.size());
    _exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said(512, '\0');
  const auto size = read(ends[0], said.data(), said.size());
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(status == 0);
  said.resize(static_cast<std::size_t>(size));
  return {std::to_string(uid), said};
}

}  // namespace

TEST_CASE("a missing folder is made with its parents, for its user only") {
  const scratch_folder scratch;
  const auto path = scratch.file("a/b/var");
  const auto opened = open_data_folder(path);
  REQUIRE(opened);
  CHECK(opened->path() == path);
  CHECK(opened->database_file() == path + "/mofa.db");
  CHECK(mode_of(path) == 0700);
  CHECK(mode_of(scratch.file("a")) == 0700);
}

TEST_CASE("a folder of ours that is open to others is closed to them") {
  const scratch_folder scratch;
  const auto path = scratch.file("var");
  REQUIRE(mkdir(path.c_str(), 0700) == 0);
  REQUIRE(chmod(path.c_str(), 0755) == 0);
  REQUIRE(open_data_folder(path));
  CHECK(mode_of(path) == 0700);
}

TEST_CASE("a folder that cannot be written is refused with who tried") {
  const scratch_folder scratch;
  REQUIRE(chmod(scratch.path().c_str(), 0755) == 0);
  const auto path = scratch.file("var");
  REQUIRE(mkdir(path.c_str(), 0500) == 0);
  const auto [uid, said] = as_a_user(path);
  CHECK(said == path + ": not writable by uid " + uid + "; use --data DIR or chown");
}

TEST_CASE("a folder that cannot be made is refused in the same words") {
  const scratch_folder scratch;
  const auto closed = scratch.file("closed");
  REQUIRE(mkdir(closed.c_str(), 0555) == 0);
  REQUIRE(chmod(scratch.path().c_str(), 0755) == 0);
  const auto path = closed + "/var";
  const auto [uid, said] = as_a_user(path);
  CHECK(said == path + ": not writable by uid " + uid + "; use --data DIR or chown");
}

TEST_CASE("a folder of somebody else that is open to all is refused") {
  const scratch_folder scratch;
  REQUIRE(chmod(scratch.path().c_str(), 0755) == 0);
  std::string path = "/tmp";  // root's, unless we are root
  if (geteuid() == 0) {
    path = scratch.file("var");
    REQUIRE(mkdir(path.c_str(), 0700) == 0);
    REQUIRE(chmod(path.c_str(), 01777) == 0);
  }
  const auto [uid, said] = as_a_user(path);
  CHECK(said == path + ": open to others (mode 01777) and not owned by uid " + uid + "; use --data DIR or chown");
  CHECK(mode_of(path) == 01777);
}

TEST_CASE("a file in the place of the folder, or of its parent, is refused") {
  const scratch_folder scratch;
  std::ofstream(scratch.file("file")) << "x";
  for (const auto& path : {scratch.file("file"), scratch.file("file") + "/var"}) {
    const auto opened = open_data_folder(path);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::invalid);
    CHECK(opened.error().detail == path + ": not a folder; use --data DIR");
  }
}

TEST_CASE("a folder with foreign files is refused and left alone") {
  const scratch_folder scratch;
  REQUIRE(chmod(scratch.path().c_str(), 0755) == 0);
  std::ofstream(scratch.file("thesis.txt")) << "x";
  const auto opened = open_data_folder(scratch.path());
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == errc::invalid);
  CHECK(opened.error().detail == scratch.path() + ": not empty and not a MoFA data folder; use --data DIR");
  CHECK_FALSE(std::filesystem::exists(scratch.file("mofa.lock")));
  CHECK(mode_of(scratch.path()) == 0755);
}

TEST_CASE("our own folder is opened again, and so is the root of a fresh volume") {
  const scratch_folder scratch;
  std::filesystem::create_directory(scratch.file("lost+found"));
  REQUIRE(open_data_folder(scratch.path()));
  std::ofstream(scratch.file("backup.tar")) << "x";
  CHECK(open_data_folder(scratch.path()));
}

TEST_CASE("a second server is told which process has the folder, until that lets go") {
  const scratch_folder scratch;
  const auto path = scratch.file("var");
  {
    auto first = open_data_folder(path);
    REQUIRE(first);
    const auto moved = *std::move(first);
    const auto second = open_data_folder(path);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == errc::unavailable);
    CHECK(second.error().detail == path + ": in use by process " + std::to_string(getpid()) + "; use --data DIR or stop it");
  }
  CHECK(open_data_folder(path));
}
