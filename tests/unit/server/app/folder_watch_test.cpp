#include "server/app/folder_watch.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <chrono>
#include <functional>

#include "tests/unit/server/app/scratch.hpp"

using namespace mofa;
using namespace mofa::test;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience{10};

struct watching {
  scratch folder;
  std::unique_ptr<app::folder_watch> watch;

  explicit watching(const std::vector<std::string>& names = {"agents"}) {
    fs::create_directory(folder / "agents");
    auto made = app::folder_watch::open();
    REQUIRE(made);
    watch = std::move(*made);
    follow(names);
  }
  void follow(const std::vector<std::string>& names) {
    std::vector<fs::path> folders;
    for (const auto& each : names) folders.push_back(folder / each);
    watch->follow(folders);
    REQUIRE(watch->trouble().empty());
    (void)watch->take();
  }
  bool waits_for(std::chrono::milliseconds span) const {
    pollfd one{watch->descriptor(), POLLIN, 0};
    return ::poll(&one, 1, static_cast<int>(span.count())) > 0;
  }
  /// Whether what was done is told of, within the deadline.
  bool tells() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline)
      if (waits_for(std::chrono::milliseconds{50}) && watch->take()) return true;
    return false;
  }
  bool tells_of(const std::function<void()>& what) {
    (void)watch->take();
    what();
    return tells();
  }
  /// The kernel has told of it when the call that did it returns.
  bool stays_silent_about(const std::function<void()>& what) {
    (void)watch->take();
    what();
    return !watch->take();
  }
};

}  // namespace

TEST_CASE("a file that is written, replaced, renamed, made readable or removed is told of") {
  watching at;
  CHECK(at.tells_of([&] { at.folder.write("agents/a.yaml", "one"); }));
  CHECK(at.tells_of([&] { at.folder.write("agents/a.yaml", "two"); }));
  CHECK(at.tells_of([&] { at.folder.replace("agents/a.yaml", "three"); }));
  CHECK(at.tells_of([&] { fs::rename(at.folder / "agents/a.yaml", at.folder / "agents/b.yaml"); }));
  CHECK(at.tells_of([&] { fs::permissions(at.folder / "agents/b.yaml", fs::perms{0600}); }));
  CHECK(at.tells_of([&] {
    at.folder.write("c.yaml", "moved in");
    fs::rename(at.folder / "c.yaml", at.folder / "agents/c.yaml");
  }));
  CHECK(at.tells_of([&] { at.folder.remove("agents/b.yaml"); }));
}

TEST_CASE("what is done beside the folder, or was done before, is not told of") {
  watching at;
  CHECK(at.stays_silent_about([&] { at.folder.write("beside.yaml", "x"); }));
  CHECK(at.stays_silent_about([&] { fs::create_directory(at.folder / "agents2"); }));
  CHECK(at.stays_silent_about([&] { at.folder.write("agents2/a.yaml", "x"); }));
  CHECK(at.stays_silent_about([] {}));
}

TEST_CASE("a folder that goes away and comes back is watched again") {
  watching at;
  SUBCASE("removed") {
    CHECK(at.tells_of([&] { at.folder.remove("agents"); }));
    CHECK(at.tells_of([&] { fs::create_directory(at.folder / "agents"); }));
  }
  SUBCASE("renamed, and another put in its place") {
    CHECK(at.tells_of([&] { fs::rename(at.folder / "agents", at.folder / "old"); }));
    fs::create_directory(at.folder / "new");
    CHECK(at.tells_of([&] { fs::rename(at.folder / "new", at.folder / "agents"); }));
    CHECK(at.stays_silent_about([&] { at.folder.write("old/a.yaml", "nobody looks"); }));
  }
  CHECK(at.tells_of([&] { at.folder.write("agents/a.yaml", "x"); }));
}

TEST_CASE("a symbolic link that is turned to another folder is told of, and followed") {
  watching at;
  fs::create_directory(at.folder / "v1");
  fs::create_directory(at.folder / "v2");
  fs::create_directory_symlink(at.folder / "v1", at.folder / "current");
  at.follow({"current"});
  CHECK(at.tells_of([&] { at.folder.write("v1/a.yaml", "x"); }));
  CHECK(at.tells_of([&] {
    fs::create_directory_symlink(at.folder / "v2", at.folder / "next");
    fs::rename(at.folder / "next", at.folder / "current");
  }));
  CHECK(at.tells_of([&] { at.folder.write("v2/a.yaml", "x"); }));
  CHECK(at.stays_silent_about([&] { at.folder.write("v1/b.yaml", "x"); }));
}

TEST_CASE("a folder that is not there yet is awaited, with those on the way to it") {
  watching at{{"later/deep/agents"}};
  CHECK(at.tells_of([&] { fs::create_directories(at.folder / "later/deep/agents"); }));
  CHECK(at.tells_of([&] { at.folder.write("later/deep/agents/a.yaml", "x"); }));
}

TEST_CASE("other folders can be followed, and those of before are left") {
  watching at;
  fs::create_directory(at.folder / "more");
  at.follow({"more"});
  CHECK(at.stays_silent_about([&] { at.folder.write("agents/a.yaml", "x"); }));
  CHECK(at.tells_of([&] { at.folder.write("more/a.yaml", "x"); }));
  at.follow({"more", "agents"});
  CHECK(at.tells_of([&] { at.folder.write("agents/a.yaml", "y"); }));
  CHECK(at.tells_of([&] { at.folder.write("more/a.yaml", "y"); }));
}

TEST_CASE("a folder that cannot be watched any more is in trouble until it can") {
  watching at;
  at.folder.remove("agents");
  // A circle: ELOOP, for root too.
  CHECK(at.tells_of([&] { fs::create_directory_symlink("agents", at.folder / "agents"); }));
  CHECK(at.watch->trouble().starts_with((at.folder / "agents").string() + ": "));
  at.folder.remove("agents");
  CHECK(at.tells_of([&] { fs::create_directory(at.folder / "agents"); }));
  CHECK(at.watch->trouble().empty());
  CHECK(at.tells_of([&] { at.folder.write("agents/a.yaml", "x"); }));
}
