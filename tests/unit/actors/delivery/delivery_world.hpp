// The world of the deliveries: a journal world with the deliveries and the fronts, a sender that answers what the test says,
// and tasks of which the test says what happens. Owned by one test; nothing outlives it. No threads: actors run inside run()
// and pass().
#pragma once

#include <doctest/doctest.h>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/delivery/delivery.hpp"
#include "actors/service/push_front.hpp"
#include "actors/service/task_front.hpp"
#include "actors/storage/feeds.hpp"
#include "actors/storage/journal.hpp"
#include "actors/storage/volatile_id.hpp"
#include "tests/support/journal_world.hpp"

namespace mofa::test {

/// Keeps what was posted; answers at once with `answer`, or when the test does. Takes any URL but "refused:".
struct mailman final : core::push_sender {
  struct letter {
    core::push_request what;
    core::completion<core::push_answer> done;
    bool let_go = false;  ///< nobody waits for the answer any more
  };
  std::vector<std::shared_ptr<letter>> letters;
  std::function<result<core::push_answer>(const core::push_request&)> answer;

  result<void> check(const std::string& url) const override {
    if (url.starts_with("refused:")) return fail(errc::invalid, "no such receiver");
    return {};
  }
  core::running_call_ptr post(core::push_request what, core::completion<core::push_answer> done) override {
    struct hold final : core::running_call {
      std::shared_ptr<letter> of;
      ~hold() override { of->let_go = true; }
    };
    letters.push_back(std::make_shared<letter>(letter{std::move(what), std::move(done)}));
    auto out = std::make_unique<hold>();
    out->of = letters.back();
    if (answer) letters.back()->done(answer(letters.back()->what));
    return out;
  }
  /// The bodies, each with a blank behind it; and from number `from` on.
  std::string bodies(std::size_t from = 0) const {
    std::string out;
    for (auto i = from; i < letters.size(); ++i) out += letters[i]->what.body + ' ';
    return out;
  }
};

/// Tells of artifacts and of states ("v1:3"), of the last one with the whole task ("v1:completed"). Has no words for the
/// dialect "broken".
struct herald final : core::push_encoder {
  need needed(std::string_view, const core::event& what) const override {
    if (what.kind == core::kinds::artifact_updated) return need::event;
    if (what.kind != core::kinds::status_changed) return need::nothing;
    return what.data.find("completed") == std::string::npos ? need::event : need::task;
  }
  core::push_body encode(std::string_view dialect, std::string_view context_id, const core::event& what) const override {
    if (dialect == "broken") throw std::runtime_error("no words");
    return {"text/" + std::string{context_id}, std::string{dialect} + ':' + std::to_string(what.seq)};
  }
  core::push_body encode(std::string_view dialect, const core::task& what) const override {
    return {"text/" + what.row.context_id, std::string{dialect} + ':' + std::string{to_string(what.row.status.state)}};
  }
};

struct push_notes final : actors::probe {
  int taken = 0, failed = 0;
  std::vector<std::string> given_up;  ///< reasons
  std::vector<std::string> lost;      ///< those that were given up: "config server"
  std::vector<std::string> refused;   ///< "config server reason"
  std::vector<std::string> servers;   ///< "server answers", "server is silent"
  std::vector<errc> store_failures;
  std::size_t open = 99;
  int subscribers = 0;
  void subscriber_added() override { ++subscribers; }
  void subscriber_removed() override { --subscribers; }
  void push_attempted(bool ok) override { ++(ok ? taken : failed); }
  void push_refused(const actors::push_receiver& by, std::string_view reason) override {
    refused.push_back(text(by) + ' ' + std::string{reason});
  }
  void push_given_up(const actors::push_receiver& who, std::string_view reason) override {
    given_up.emplace_back(reason);
    lost.push_back(text(who));
  }
  void push_server_answers(std::string_view server, bool answers) override {
    servers.push_back(std::string{server} + (answers ? " answers" : " is silent"));
  }
  void push_store_failed(errc why) override { store_failures.push_back(why); }
  void pushes_open(std::size_t count) override { open = count; }
  static std::string text(const actors::push_receiver& of) { return std::string{of.config} + ' ' + std::string{of.server}; }
};

inline core::push_answer status(int code, std::optional<std::chrono::seconds> retry_after = std::nullopt) {
  return {code, retry_after, true};
}

struct delivery_world : journal_world {
  delivery_world() {
    with.sender = &sender;
    with.encoder = &encoder;
    with.how.token_header = "X-Token";
    with.how.chance = [] { return 1.0; };
    sender.answer = [](const auto&) { return status(200); };
  }
  ~delivery_world() { end(); }

  void start() {
    deliveries = keep(delivery::spawn_delivery(system, counted, where, tasks, with));
    where.update([&](directory::services& s) { s.delivery = deliveries; });
    run();
  }
  void crash() {
    caf::anon_send_exit(deliveries, caf::exit_reason::kill);
    run();
  }
  void restart_feeds() {
    caf::anon_send_exit(where.feeds(), caf::exit_reason::kill);
    run();
    const auto feeds = keep(storage::spawn_feeds(system, counted, where));
    where.update([&](directory::services& s) { s.feeds = feeds; });
    // The journal tells the feeds that are there when it starts.
    caf::anon_send_exit(where.journal(), caf::exit_reason::kill);
    const auto journal = keep(storage::spawn_journal(system, store, env, where, false));
    where.update([&](directory::services& s) { s.journal = journal; });
    run();
  }

  task_id new_task(bool in_memory = false) { return storage::make_task_id(time.now(), in_memory); }
  /// An event for each letter: '.' nobody is told of, 's' a state, 'a' an artifact, 'c' the end.
  void happens(task_id which, std::string_view what) {
    core::append_unit unit;
    unit.epoch = 1;
    unit.expected_seq = events[which];
    for (const auto c : what) unit.events.push_back(event(which, ++events[which], c));
    const bool ended = what.ends_with('c');
    unit.row.id = which;
    unit.row.tenant = "default";
    unit.row.owner = owner;
    unit.row.context_id = "ctx";
    unit.row.status.state = ended ? core::task_state::completed : core::task_state::working;
    unit.row.last_seq = events[which];
    core::task_ptr settled;
    if (ended) settled = std::make_shared<const core::task>(core::task{unit.row, {}, {}});
    const bool in_memory = storage::is_volatile(which);
    const auto done =
        in_memory ? ask<actors::append_reply>(where.feeds(), actors::append_request{std::move(unit), std::move(settled)})
                  : ask<actors::append_reply>(where.journal(), actors::append_request{std::move(unit), std::move(settled)});
    run();
    REQUIRE(*done);
    REQUIRE(**done);
  }
  static core::event_ptr event(task_id which, std::uint64_t seq, char c) {
    auto out = std::make_shared<core::event>();
    out->task = which;
    out->seq = seq;
    out->kind = c == '.'   ? core::kinds::behaviour_crashed
                : c == 'a' ? core::kinds::artifact_updated
                           : core::kinds::status_changed;
    out->data = c == 's'   ? R"({"state":"working"})"
                : c == 'c' ? R"({"state":"completed"})"
                : c == 'a' ? R"({"artifact":{"artifact_id":"a","parts":[]},"append":false,"last":true})"
                           : R"({"reason":"a test","attempt":1})";
    return out;
  }

  core::push_config config(task_id task, const std::string& id, const std::string& url = "https://one.example/hook") const {
    return {id, task, url, "", "", "", "v1"};
  }
  result<core::push_config> create(core::push_config what, std::uint64_t after = 0) {
    return answer_to<core::push_config>([&](auto done) {
      front.create({"default", owner, 0}, std::move(what), after, std::move(done));
    });
  }
  /// A task to which that has happened, and a receiver that is told of it.
  task_id pushed(std::string_view what, const std::string& id = "p", const std::string& url = "https://one.example/hook") {
    const auto task = new_task();
    happens(task, what);
    REQUIRE(create(config(task, id, url)));
    return task;
  }
  result<void> remove(task_id task, const std::string& id) {
    return answer_to<void>([&](auto done) { front.remove(alice, task, id, std::move(done)); });
  }
  void delete_task(task_id task) {
    if (!storage::is_volatile(task)) return void(store.tasks.erase(task));
    REQUIRE(answer_to<void>([&](auto done) { tasks.remove(alice, task, std::move(done)); }));
  }
  template <class T, class Ask>
  result<T> answer_to(Ask put) {
    std::optional<result<T>> out;
    put(core::completion<T>{[&](result<T> got) { out.emplace(std::move(got)); }});
    run();
    REQUIRE(out);
    return *std::move(out);
  }
  void answer(std::size_t letter, result<core::push_answer> with_this) {
    REQUIRE(letter < sender.letters.size());
    sender.letters[letter]->done(std::move(with_this));
    run();
  }
  /// "cursor open", "cursor done" or "cursor given up" of a row, or "none".
  std::string row(task_id task, const std::string& id) const {
    const auto found = store.kept_pushes.rows.find({task, id});
    if (found == store.kept_pushes.rows.end()) return "none";
    const auto* fate = store.kept_pushes.given_up.contains({task, id}) ? " given up"
                       : found->second.done                            ? " done"
                                                                       : " open";
    return std::to_string(found->second.cursor) + fate;
  }

  const core::caller alice{"default", "alice", 0};
  std::string owner{"alice"};  ///< of the tasks that the test makes
  std::map<task_id, std::uint64_t> events;
  catalog::catalog definitions{{}};
  push_notes seen;
  actors::environment counted{time, seen, 1, milliseconds{10'000}};
  service::task_front tasks{bridge(), where, definitions, env};
  service::push_front front{tasks, where, env, &sender};
  mailman sender;
  herald encoder;
  delivery::equipment with;
  actors::delivery_actor deliveries;
};

}  // namespace mofa::test
