#include "server/app/reloader.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include "actors/scenario/kind.hpp"
#include "server/telemetry/logging.hpp"
#include "tests/unit/server/app/log_lines.hpp"
#include "tests/unit/server/app/scratch.hpp"

using namespace mofa;
using namespace mofa::test;
using names = std::vector<std::string>;
using report = result<core::reload_report>;

namespace {

const std::string key = "auth: {keys: [{name: ci, hash: \"sha256:" + std::string(64, 'a') + "\", scopes: [admin]}]}\n";

/// Takes everything, or refuses it, or keeps who asks waiting.
struct willing_agents final : service::file_agents {
  std::atomic<int> taken = 0;
  std::optional<error> refusal;
  std::promise<core::completion<service::taken_file>>* held = nullptr;
  std::mutex guard;
  std::condition_variable asked;
  std::vector<std::chrono::steady_clock::time_point> times;
  bool is_asked(std::size_t often) {
    std::unique_lock lock{guard};
    return asked.wait_for(lock, std::chrono::seconds{20}, [&] { return times.size() >= often; });
  }

  void take_file(catalog::compiled, std::string, core::completion<service::taken_file> done) override {
    {
      const std::lock_guard lock{guard};
      times.push_back(std::chrono::steady_clock::now());
    }
    asked.notify_all();
    ++taken;
    if (auto* to = std::exchange(held, nullptr)) return to->set_value(std::move(done));
    if (refusal) return done(*refusal);
    done(service::taken_file{1, true, true});
  }
  void let_file_leave(std::string, std::string, core::completion<bool> done) override { done(true); }
  void note_error(const std::string&, const std::string&, std::string) override {}
};

struct reloading {
  scratch folder;
  catalog::catalog kinds{{scenario::make_kind({})}};
  willing_agents agents;
  std::unique_ptr<app::reloader> subject;
  std::atomic<int> took = 0;
  std::optional<error> objection;

  explicit reloading(const std::string& settings) {
    REQUIRE(telemetry::configure_logging("error", "text", nullptr));
    std::filesystem::create_directory(folder / "agents");
    write(settings);
    settings::sources from;
    from.file = (folder / "mofa.yaml").string();
    auto running = settings::load(from);
    REQUIRE_MESSAGE(running, running.error().detail);
    subject = std::make_unique<app::reloader>(from, *running, app::definition_files{kinds, agents, {}});
  }
  void write(const std::string& settings) const { folder.write("mofa.yaml", "definitions: [agents]\n" + settings); }
  void start() {
    subject->start({[this](const settings::configuration&) -> result<void> {
                      if (objection) return *objection;
                      return {};
                    },
                    [this](const settings::configuration&) { ++took; }});
  }
  std::future<report> ask() {
    auto promise = std::make_shared<std::promise<report>>();
    subject->reload([promise](report got) { promise->set_value(std::move(got)); });
    return promise->get_future();
  }
  report reload() {
    auto answer = ask();
    REQUIRE(answer.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
    return answer.get();
  }
};

}  // namespace

TEST_CASE("live settings are taken at once, the others are named until the restart") {
  reloading at{"log: {level: error}\n"};
  at.start();
  CHECK(at.subject->now()->limits.in_flight == 4096);
  at.write("log: {level: error}\nlimits: {in_flight: 7}\nthreads: {io: 3}\n");
  const auto got = at.reload();
  REQUIRE(got);
  CHECK(got->applied == names{"limits.in_flight"});
  CHECK(got->restart_required == names{"threads.io"});
  CHECK(at.took == 1);
  CHECK(at.subject->now()->limits.in_flight == 7);
  CHECK(at.subject->now()->threads.io == 0);
  const auto again = at.reload();
  CHECK(again->applied.empty());
  CHECK(again->restart_required == names{"threads.io"});
}

TEST_CASE("with one mistake nothing is taken, and every mistake is told with its place") {
  reloading at{""};
  at.start();
  at.write("limits: {in_flight: 7, body_byte: 1}\nlog: {level: loud}\n");
  const auto got = at.reload();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == errc::invalid);
  REQUIRE(got.error().fields.size() == 2);
  CHECK(got.error().fields[0].message ==
        (at.folder / "mofa.yaml").string() + ":2:24: unknown key 'limits.body_byte'; did you mean 'limits.body_bytes'?");
  CHECK(at.took == 0);
  CHECK(at.subject->now()->limits.in_flight == 4096);

  at.folder.remove("mofa.yaml");
  CHECK(at.reload().error().fields.at(0).message.find("cannot be read") != std::string::npos);
  CHECK(at.took == 0);

  at.write("limits: {in_flight: 7}\n");
  at.objection = fail(errc::invalid, "the gateway does not like it");
  CHECK(at.reload().error().fields.at(0).message == "the gateway does not like it");
  CHECK(at.took == 0);
  CHECK(at.subject->now()->limits.in_flight == 4096);
}

TEST_CASE("keys are not taken away while the address in force needs one") {
  reloading at{"listen: 0.0.0.0:1\n" + key};
  at.start();
  at.write("listen: 127.0.0.1:1\n");  // fine after a restart, but not before
  const auto got = at.reload();
  REQUIRE_FALSE(got);
  CHECK(got.error().fields.at(0).message.starts_with("listen 0.0.0.0:1: another address than loopback needs a key"));
  CHECK(at.subject->now()->auth.keys.size() == 1);
  at.write("listen: 127.0.0.1:1\n" + key);
  CHECK(at.reload()->restart_required == names{"listen"});
}

TEST_CASE("other folders of definitions are read and watched; one that is not there is a mistake") {
  reloading at{""};
  at.start();
  at.folder.write("mofa.yaml", "definitions: [agents, more]\n");
  CHECK(at.reload().error().fields.at(0).message.find("No such file or directory") != std::string::npos);
  std::filesystem::create_directory(at.folder / "more");
  at.folder.write("more/one.yaml", "name: one\nkind: scenario\notherwise: [{complete: {text: x}}]\n");
  const auto got = at.reload();
  REQUIRE(got);
  CHECK(got->applied == names{"definitions"});
  CHECK(got->definitions.added == names{"one"});
  // From now on by itself.
  const int before = at.agents.taken;
  at.folder.write("more/two.yaml", "name: two\nkind: scenario\notherwise: [{complete: {text: x}}]\n");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (at.agents.taken == before && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(at.agents.taken == before + 1);
}

TEST_CASE("each of many reloads at once is answered, and one that comes too late is refused") {
  reloading at{""};
  at.start();
  std::vector<std::future<report>> all;
  for (int i = 0; i < 20; ++i) all.push_back(at.ask());
  for (auto& each : all) {
    REQUIRE(each.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
    CHECK(each.get());
  }
  CHECK(at.took == 20);
  at.subject->stop();
  CHECK(at.reload().error().code == errc::unavailable);
}

TEST_CASE("what changes between the start's reading and the watch is taken") {
  reloading at{""};
  at.folder.write("agents/one.yaml", "name: one\nkind: scenario\notherwise: [{complete: {text: x}}]\n");
  at.start();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (at.agents.taken == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(at.agents.taken == 1);
}

TEST_CASE("a server that stops does not wait for all the definitions that have changed") {
  reloading at{""};
  for (const auto* name : {"one", "two", "three"})
    at.folder.write("agents/" + std::string{name} + ".yaml",
                    "name: " + std::string{name} + "\nkind: scenario\notherwise: [{complete: {text: x}}]\n");
  std::promise<core::completion<service::taken_file>> first;
  at.agents.held = &first;
  at.start();
  auto answer = first.get_future();
  REQUIRE(answer.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
  std::thread stops{[&] { at.subject->stop(); }};
  // It has begun to stop when it takes no questions any more.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  bool begun = false;
  while (!begun && std::chrono::steady_clock::now() < deadline) {
    auto asked = at.ask();
    begun = asked.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }
  answer.get()(service::taken_file{1, true, true});
  stops.join();
  CHECK(begun);
  CHECK(at.agents.taken == 1);
}

TEST_CASE("a name that stays taken is tried more and more rarely") {
  app::retry_pause pause{milliseconds{1'000}, milliseconds{30'000}};
  for (const int wanted : {1, 2, 4, 8, 16, 30, 30}) CHECK(pause.next() == std::chrono::seconds{wanted});
  pause.reset();
  CHECK(pause.next() == milliseconds{1'000});

  reloading at{""};
  at.folder.write("agents/one.yaml", "name: one\nkind: scenario\notherwise: [{complete: {text: x}}]\n");
  at.agents.refusal = fail(errc::conflict, "agent 'one' was made by a request");
  at.start();
  CHECK(at.agents.is_asked(3));
  at.subject->stop();
  REQUIRE(at.agents.times.size() >= 3);
  CHECK(at.agents.times[2] - at.agents.times[1] >= std::chrono::milliseconds{1'900});
}

TEST_CASE("a folder that cannot be watched any more is logged once") {
  reloading at{""};
  log_lines log;
  at.start();
  // A circle: ELOOP, for root too.
  at.folder.remove("agents");
  std::filesystem::create_directory_symlink("agents", at.folder / "agents");
  CHECK(at.reload());
  // Another one, in one step: the way to it is looked for again.
  std::filesystem::create_directory_symlink("agents", at.folder / "next");
  std::filesystem::rename(at.folder / "next", at.folder / "agents");
  CHECK(at.reload());
  at.subject->stop();
  CHECK(log.count("definitions are not watched") == 1);
}
