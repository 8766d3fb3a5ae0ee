#include "server/app/definition_files.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "actors/scenario/kind.hpp"
#include "server/telemetry/logging.hpp"
#include "tests/unit/server/app/log_lines.hpp"
#include "tests/unit/server/app/scratch.hpp"

using namespace mofa;
using namespace mofa::test;
using names = std::vector<std::string>;

namespace {

std::string agent(const std::string& name, const std::string& says = "x") {
  return "name: " + name + "\nkind: scenario\notherwise: [{complete: {text: \"" + says + "\"}}]\n";
}

/// Writes down what becomes of agents; refuses with what the test has prepared.
struct noting_agents final : service::file_agents {
  struct one {
    std::string file, error, says;
    int version = 0;
  };
  std::map<std::string, one> agents;
  std::map<std::string, error> refusals;  ///< by name
  bool late = false;                      ///< refuses when the thing is done
  int asked = 0, noted = 0;

  void take_file(catalog::compiled made, std::string file, core::completion<service::taken_file> done) override {
    ++asked;
    const auto name = made.definition->name;
    const auto refused = refusals.find(name);
    if (refused != refusals.end() && !late) return done(refused->second);
    const bool fresh = !agents.contains(name);
    auto& mine = agents[name];
    const auto says = made.definition->document.dump();
    const bool changed = mine.says != says;
    if (changed) ++mine.version;
    mine.file = std::move(file);
    mine.says = says;
    mine.error.clear();
    if (refused != refusals.end()) return done(refused->second);
    done(service::taken_file{mine.version, fresh, changed});
  }
  void let_file_leave(std::string name, std::string file, core::completion<bool> done) override {
    ++asked;
    if (const auto refused = refusals.find(name); refused != refusals.end()) return done(refused->second);
    const auto found = agents.find(name);
    if (found == agents.end() || found->second.file != file) return done(false);
    agents.erase(found);
    done(true);
  }
  void note_error(const std::string& name, const std::string& file, std::string why) override {
    ++noted;
    const auto found = agents.find(name);
    if (found != agents.end() && found->second.file == file) found->second.error = std::move(why);
  }
};

struct filed {
  scratch folder;
  catalog::catalog kinds{{scenario::make_kind({})}};
  noting_agents agents;
  app::definition_files files{kinds, agents, {}};

  filed() {
    REQUIRE(telemetry::configure_logging("error", "text"));
    std::filesystem::create_directory(folder / "a");
    std::filesystem::create_directory(folder / "b");
  }
  core::definition_changes update() { return files.update({folder / "a", folder / "b"}); }
  std::string path(const std::string& name) const { return (folder / name).string(); }
};

}  // namespace

TEST_CASE("new, changed and removed files are agents that come, change and go; what is the same asks nobody") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  at.folder.write("b/two.json", R"({"name":"two","kind":"scenario","otherwise":[{"complete":{"text":"x"}}]})");
  at.folder.write("a/.hidden.yaml", agent("hidden"));
  at.folder.write("a/readme.md", "no definition");
  CHECK(at.update().added == names{"one", "two"});
  at.agents.asked = 0;
  const auto same = at.update();
  CHECK(at.agents.asked == 0);
  CHECK((same.added.empty() && same.changed.empty() && same.removed.empty() && same.errors.empty()));
  at.folder.replace("a/one.yaml", agent("one", "y"));
  CHECK(at.update().changed == names{"one"});
  // Another text of the same definition.
  at.folder.write("a/one.yaml", "# a comment\n" + agent("one", "y"));
  CHECK(at.update().changed.empty());
  CHECK(at.agents.agents.at("one").version == 2);
  at.folder.remove("b/two.json");
  CHECK(at.update().removed == names{"two"});
  CHECK_FALSE(at.agents.agents.contains("two"));
  CHECK(at.update().removed.empty());
}

TEST_CASE("what the start has read is not taken again") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  const auto read = app::read_definitions({at.folder / "a"}, at.kinds);
  REQUIRE(read);
  app::definition_files files{at.kinds, at.agents, *read};
  CHECK(files.update({at.folder / "a"}).added.empty());
  CHECK(at.agents.asked == 0);
}

TEST_CASE("a file that breaks keeps its agent and tells why with the place, until it is mended or gone") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  (void)at.update();
  at.folder.write("a/one.yaml", agent("one") + "rulez: []\n");
  const auto broken = at.update();
  CHECK((broken.changed.empty() && broken.removed.empty()));
  REQUIRE(broken.errors.size() == 1);
  CHECK(broken.errors[0].file == at.path("a/one.yaml"));
  CHECK(broken.errors[0].message == at.path("a/one.yaml") + ":4:1: unknown member 'rulez'; did you mean 'rules'?");
  CHECK(at.agents.agents.at("one").error == broken.errors[0].message);
  CHECK(at.agents.agents.at("one").version == 1);
  // It is told as long as it lasts.
  CHECK(at.update().errors.size() == 1);
  SUBCASE("as it was") {
    at.folder.write("a/one.yaml", agent("one"));
    const auto mended = at.update();
    CHECK((mended.errors.empty() && mended.changed.empty()));
    CHECK(at.agents.agents.at("one").error.empty());
  }
  SUBCASE("with another text") {
    at.folder.write("a/one.yaml", agent("one", "y"));
    CHECK(at.update().changed == names{"one"});
    CHECK(at.agents.agents.at("one").error.empty());
  }
  SUBCASE("gone") {
    at.folder.remove("a/one.yaml");
    const auto gone = at.update();
    CHECK(gone.removed == names{"one"});
    CHECK(gone.errors.empty());
  }
}

TEST_CASE("a broken file that has no agent holds up no other") {
  filed at;
  at.folder.write("a/bad.yaml", "name: [\n");
  at.folder.write("a/good.yaml", agent("good"));
  const auto got = at.update();
  CHECK(got.added == names{"good"});
  REQUIRE(got.errors.size() == 1);
  CHECK(got.errors[0].message.starts_with(at.path("a/bad.yaml") + ":"));
  CHECK_FALSE(at.files.waits());
}

TEST_CASE("of two files with one agent the one that has it keeps it, and the other gets it when that is gone") {
  filed at;
  at.folder.write("b/one.yaml", agent("one"));
  (void)at.update();
  at.folder.write("a/one.yaml", agent("one", "y"));
  const auto clash = at.update();
  REQUIRE(clash.errors.size() == 1);
  CHECK(clash.errors[0].message ==
        at.path("a/one.yaml") + ": agent 'one' is defined by " + at.path("b/one.yaml") + " already");
  CHECK(at.agents.agents.at("one").file == at.path("b/one.yaml"));
  at.folder.remove("b/one.yaml");
  const auto settled = at.update();
  CHECK(settled.errors.empty());
  CHECK(settled.removed.empty());
  CHECK(settled.changed == names{"one"});
  CHECK(at.agents.agents.at("one").file == at.path("a/one.yaml"));
}

TEST_CASE("a file that is renamed keeps its agent, and agents whose files swap names swap their files") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  at.folder.write("a/two.yaml", agent("two"));
  (void)at.update();
  std::filesystem::rename(at.folder / "a/one.yaml", at.folder / "b/uno.yaml");
  const auto moved = at.update();
  CHECK((moved.added.empty() && moved.removed.empty() && moved.changed.empty() && moved.errors.empty()));
  CHECK(at.agents.agents.at("one").file == at.path("b/uno.yaml"));
  at.folder.write("b/uno.yaml", agent("two"));
  at.folder.write("a/two.yaml", agent("one"));
  const auto swapped = at.update();
  CHECK((swapped.errors.empty() && swapped.removed.empty()));
  CHECK(at.agents.agents.at("one").file == at.path("a/two.yaml"));
  CHECK(at.agents.agents.at("two").file == at.path("b/uno.yaml"));
}

TEST_CASE("a file that says another name lets its agent go") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  (void)at.update();
  at.folder.write("a/one.yaml", agent("other"));
  const auto got = at.update();
  CHECK(got.added == names{"other"});
  CHECK(got.removed == names{"one"});
}

TEST_CASE("a name that is taken by a request is an error, the file keeps what it had, and waits") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  (void)at.update();
  at.agents.refusals["taken"] = fail(errc::conflict, "agent 'taken' was made by a request");
  at.folder.write("a/one.yaml", agent("taken"));
  const auto got = at.update();
  REQUIRE(got.errors.size() == 1);
  CHECK(got.errors[0].message == at.path("a/one.yaml") + ": agent 'taken' was made by a request");
  CHECK(got.removed.empty());
  CHECK(at.agents.agents.at("one").error == got.errors[0].message);
  CHECK(at.files.waits());
  at.agents.refusals.clear();
  const auto later = at.update();
  CHECK(later.added == names{"taken"});
  CHECK(later.removed == names{"one"});
  CHECK_FALSE(at.files.waits());
}

TEST_CASE("an agent that could not be told that its file is gone is told later, unless the file is back") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  (void)at.update();
  at.folder.remove("a/one.yaml");
  at.agents.refusals["one"] = fail(errc::unavailable, "storage is restarting");
  log_lines log;
  CHECK(at.update().errors.size() == 1);
  CHECK(at.files.waits());
  // It is shown, and logged once.
  CHECK(at.agents.agents.at("one").error == "agent 'one' is not removed yet: storage is restarting");
  CHECK(at.update().errors.size() == 1);
  CHECK(at.agents.noted == 2);  // with the one that the file was fine
  CHECK(log.count("not removed agent=one") == 1);
  at.agents.refusals.clear();
  SUBCASE("gone") { CHECK(at.update().removed == names{"one"}); }
  SUBCASE("back") {
    at.folder.write("a/one.yaml", agent("one"));
    const auto back = at.update();
    CHECK(back.removed.empty());
    CHECK(at.agents.agents.at("one").error.empty());
  }
  CHECK_FALSE(at.files.waits());
}

TEST_CASE("a folder that is gone has no files; one that cannot be read leaves its agents as they are") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  at.folder.write("b/two.yaml", agent("two"));
  (void)at.update();
  at.folder.remove("a");
  const auto gone = at.update();
  CHECK(gone.removed == names{"one"});
  REQUIRE(gone.errors.size() == 1);
  CHECK(gone.errors[0].file == at.path("a"));
  // A file in its place: not a folder that one may read.
  at.folder.remove("b");
  at.folder.write("b", "a file");
  const auto unreadable = at.update();
  CHECK(unreadable.removed.empty());
  CHECK(unreadable.errors.size() == 2);
  CHECK(at.agents.agents.contains("two"));
}

TEST_CASE("an agent whose start was not heard of in time leaves when its file goes, and is taken again when it does not") {
  for (const auto why : {errc::timeout, errc::unavailable}) {
    for (const bool gone : {true, false}) {
      filed at;
      at.agents.late = true;
      at.agents.refusals["one"] = fail(why, "no answer");
      at.folder.write("a/one.yaml", agent("one"));
      const auto got = at.update();
      CHECK(got.added.empty());
      REQUIRE(got.errors.size() == 1);
      CHECK(at.agents.agents.at("one").error == got.errors[0].message);
      CHECK(at.files.waits());
      at.agents.refusals.clear();
      if (gone) at.folder.remove("a/one.yaml");
      const auto later = at.update();
      CHECK(later.errors.empty());
      CHECK(later.removed == (gone ? names{"one"} : names{}));
      CHECK(at.agents.agents.contains("one") != gone);
      if (!gone) CHECK(at.agents.agents.at("one").error.empty());
      CHECK_FALSE(at.files.waits());
    }
  }
}

TEST_CASE("a file that is there and cannot be looked at is broken, not gone") {
  filed at;
  at.folder.write("a/one.yaml", agent("one"));
  at.folder.write("a/two.yaml", agent("two"));
  (void)at.update();
  at.folder.remove("a/one.yaml");
  std::filesystem::create_symlink("one.yaml", at.folder / "a/one.yaml");  // a circle: ELOOP, for root too
  at.folder.remove("a/two.yaml");
  std::filesystem::create_symlink("nothing", at.folder / "a/two.yaml");
  const auto got = at.update();
  CHECK(got.removed == names{"two"});
  REQUIRE(got.errors.size() == 1);
  CHECK(got.errors[0].file == at.path("a/one.yaml"));
  CHECK(at.agents.agents.at("one").error == got.errors[0].message);
  at.folder.remove("a/one.yaml");
  CHECK(at.update().removed == names{"one"});
}

TEST_CASE("an update that is ended leaves the rest to the next one") {
  filed at;
  for (const auto* name : {"one", "two", "three"}) at.folder.write("a/" + std::string{name} + ".yaml", agent(name));
  const std::vector<std::filesystem::path> folders{at.folder / "a"};
  const auto after = [&](int questions) {
    return [&at, until = at.agents.asked + questions] { return at.agents.asked >= until; };
  };
  (void)at.files.update(folders, after(1));
  CHECK(at.agents.agents.size() == 1);
  (void)at.files.update(folders);
  CHECK(at.agents.agents.size() == 3);
  for (const auto* name : {"one", "two", "three"}) at.folder.remove("a/" + std::string{name} + ".yaml");
  CHECK(at.files.update(folders, after(1)).removed.size() == 1);
  CHECK(at.agents.agents.size() == 2);
  CHECK(at.files.update(folders).removed.size() == 2);
  CHECK(at.agents.agents.empty());
}
