#include "server/store/migrator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

using namespace mofa;
using namespace mofa::store;

namespace {

/// A database that is nothing but its version.
class fake_target final : public migration_target {
 public:
  explicit fake_target(int at) : version_(at) {}
  std::string name() const override { return "fake"; }
  mofa::result<int> version() override { return version_; }
  mofa::result<void> apply(const migration& step) override {
    if (step.version == fails_at) return fail(errc::storage_full, "no room");
    version_ = step.version;
    applied.emplace_back(step.name);
    return {};
  }

  int fails_at = 0;
  std::vector<std::string> applied;

 private:
  int version_;
};

constexpr migration steps[] = {{1, "one", ""}, {2, "two", ""}, {3, "three", ""}};

}  // namespace

TEST_CASE("an empty database gets every step in order") {
  fake_target target{0};
  REQUIRE(migrate(target, steps));
  CHECK(target.applied == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("an older database gets what is missing, a current one nothing") {
  fake_target older{2}, current{3};
  REQUIRE(migrate(older, steps));
  CHECK(older.applied == std::vector<std::string>{"three"});
  REQUIRE(migrate(current, steps));
  CHECK(current.applied.empty());
}

TEST_CASE("a newer database is refused with both versions and not touched") {
  fake_target target{4};
  const auto done = migrate(target, steps);
  REQUIRE_FALSE(done);
  CHECK(done.error().code == errc::version_too_new);
  CHECK(done.error().detail == "fake: schema version 4, this binary knows up to 3; use the newer mofa");
  CHECK(target.applied.empty());
}

TEST_CASE("a step that fails ends the migration, which goes on from there the next time") {
  fake_target target{0};
  target.fails_at = 2;
  CHECK(migrate(target, steps).error().code == errc::storage_full);
  CHECK(target.applied == std::vector<std::string>{"one"});
  target.fails_at = 0;
  REQUIRE(migrate(target, steps));
  CHECK(target.applied == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("steps with a hole are a defect that touches nothing") {
  constexpr migration with_hole[] = {{1, "one", ""}, {3, "three", ""}};
  fake_target target{0};
  CHECK(migrate(target, with_hole).error().code == errc::internal);
  CHECK(target.applied.empty());
}

TEST_CASE("every file in migrations/sqlite is in the binary, byte for byte") {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator("migrations/sqlite"))
    if (entry.path().extension() == ".sql") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  const auto embedded = sqlite_migrations();
  REQUIRE(embedded.size() == files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::ostringstream content;
    content << std::ifstream(files[i]).rdbuf();
    CHECK(embedded[i].sql == content.str());
    CHECK(embedded[i].version == static_cast<int>(i) + 1);
    CHECK(files[i].ends_with("_" + std::string{embedded[i].name} + ".sql"));
  }
}
