// The world of the bus: an actor world with the bus and its front, clients that listen, and a desk that takes tasks.
// Owned by one test; nothing outlives it.
// No threads: actors run inside run() and pass().
#pragma once

#include <doctest/doctest.h>
#include <caf/send.hpp>

#include <deque>
#include <functional>

#include "actors/bus/bus.hpp"
#include "actors/scenario/kind.hpp"
#include "actors/service/topic_front.hpp"
#include "tests/support/journal_world.hpp"

namespace mofa::test {

using core::json;

/// Takes submissions as the test says, and keeps what it took.
struct desk final : core::task_service {
  struct taken {
    core::caller who;
    core::submission what;
  };
  std::vector<taken> offers;
  std::function<result<core::submitted_task>(const core::submission&)> answer = [](const auto&) {
    return core::submitted_task{};
  };
  bool holds = false;  ///< answers nothing at all
  std::deque<core::completion<core::submitted_task>> held;

  void submit(const core::caller& who, core::submission what, core::completion<core::submitted_task> done) override {
    offers.push_back({who, what});
    if (holds) return held.push_back(std::move(done));
    done(answer(what));
  }
  void send(const core::caller&, task_id, core::further_message, core::completion<core::submitted_task>) override {}
  void cancel(const core::caller&, task_id, std::string, core::completion<core::task_ptr>) override {}
  void get(const core::caller&, task_id, core::completion<core::task_ptr>) override {}
  void await(const core::caller&, task_id, milliseconds, core::completion<core::task_ptr>) override {}
  void list(const core::caller&, core::task_filter, core::page_request,
            core::completion<core::page<core::task_row>>) override {}
  void remove(const core::caller&, task_id, core::completion<void>) override {}
  void events(const core::caller&, task_id, std::uint64_t, int, core::completion<std::vector<core::event_ptr>>) override {}
  void subscribe(const core::caller&, task_id, std::uint64_t, std::size_t, std::shared_ptr<core::event_sink>,
                 core::completion<core::subscription_ptr>) override {}
  void contexts(const core::caller&, core::page_request, core::completion<core::page<core::context_info>>) override {}
  void context(const core::caller&, std::string, core::completion<core::context_info>) override {}
  void context_messages(const core::caller&, std::string, core::page_request,
                        core::completion<core::page<core::message>>) override {}
  void remove_context(const core::caller&, std::string, core::completion<void>) override {}

  std::string texts() const {
    std::string out;
    for (const auto& each : offers) out += each.what.message.text() + ' ';
    return out;
  }
};

struct topic_ear final : core::topic_sink {
  std::string got;  ///< data of each message, and "(n lost)" before one
  std::vector<errc> failures;
  void on_message(core::topic_message_ptr what, std::uint64_t dropped) override {
    if (dropped > 0) got += '(' + std::to_string(dropped) + " lost) ";
    got += what->data + ' ';
  }
  void on_failure(const error& why) override { failures.push_back(why.code); }
};

struct bus_world : journal_world {
  bus_world() = default;
  ~bus_world() { end(); }

  void define(const std::string& agent, json subscribe) {
    auto made = definitions.compile({{"name", agent},
                                     {"kind", "scenario"},
                                     {"subscribe", std::move(subscribe)},
                                     {"otherwise", json::array({{{"complete", {{"text", "ok"}}}}})}});
    if (!made) FAIL(made.error().detail);
    REQUIRE(definitions.put(std::move(*made), "", store, time.now()));
  }
  void start() {
    bus = keep(bus::spawn_bus(system, env, where, definitions, tasks));
    where.update([&](directory::services& s) { s.bus = bus; });
    run();
  }
  void restart() {
    caf::anon_send_exit(bus, caf::exit_reason::kill);
    run();
    start();
  }
  void redefined() {
    caf::anon_send(bus, actors::definitions_changed{});
    run();
  }

  result<core::published> publish(const std::string& topic, json data, bool durable = false,
                                  std::optional<core::idempotency> once = std::nullopt,
                                  const std::string& tenant = "default") {
    std::optional<result<core::published>> out;
    front.publish({tenant, "alice", 0}, {topic, std::move(data), durable, 0, std::move(once)},
                  [&out](result<core::published> got) { out.emplace(std::move(got)); });
    run();
    REQUIRE(out);
    return *std::move(out);
  }
  std::int64_t delivered(const std::string& topic, json data, bool durable = false) {
    const auto done = publish(topic, std::move(data), durable);
    if (!done) FAIL(done.error().detail);
    return done->delivered;
  }
  struct listener {
    std::shared_ptr<topic_ear> ear;
    core::subscription_ptr handle;
    const std::string& got() const { return ear->got; }
  };
  listener listen(const std::string& pattern, std::size_t credit = 1000, std::optional<std::uint64_t> after = std::nullopt,
                  const std::string& tenant = "default") {
    listener out{std::make_shared<topic_ear>(), nullptr};
    front.subscribe({tenant, "bob", 0}, pattern, after, credit, out.ear, [&out](result<core::subscription_ptr> made) {
      if (made) out.handle = *std::move(made);
    });
    run();
    REQUIRE(out.handle);
    return out;
  }
  core::page<core::topic_info> list(int limit = 50, const std::string& cursor = {}, const std::string& tenant = "default") {
    std::optional<result<core::page<core::topic_info>>> out;
    front.list({tenant, "bob", 0}, {limit, cursor}, [&out](auto got) { out.emplace(std::move(got)); });
    run();
    REQUIRE(out);
    REQUIRE(*out);
    return **out;
  }
  /// "topic subscribers depth published dropped unheard kept" of a line.
  std::string line(const std::string& topic) {
    for (const auto& each : list().items)
      if (each.topic == topic)
        return std::to_string(each.subscribers) + ' ' + std::to_string(each.depth) + ' ' + std::to_string(each.published) +
               ' ' + std::to_string(each.dropped) + ' ' + std::to_string(each.unheard) + ' ' + std::to_string(each.kept);
    return "no line";
  }

  catalog::catalog definitions{{scenario::make_kind({})}};
  desk tasks;
  service::topic_front front{bridge(), where, env};
  actors::bus_actor bus;
};

}  // namespace mofa::test
