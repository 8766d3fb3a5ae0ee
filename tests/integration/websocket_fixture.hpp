// The WebSocket of the API on a free port, over a port of tasks whose tasks are journals in memory, and a port of topics.
// Owned by the test.
// The test's thread plays the part of the actors.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "protocols/websocket/routes.hpp"
#include "tests/integration/gateway_fixture.hpp"
#include "tests/integration/websocket_client.hpp"

namespace mofa::test {

/// Tasks with their events and followers; what is asked is noted.
class journaled_tasks final : public core::task_service {
 public:
  /// Gives the task one more event.
  void publish(task_id to, std::string data) {
    const std::lock_guard lock{guard_};
    auto& one = journals_[to];
    auto next = std::make_shared<core::event>();
    next->task = to;
    next->seq = one.events.size() + 1;
    next->kind = "message_added";
    next->data = std::move(data);
    one.events.push_back(std::move(next));
    for (auto& [key, each] : one.followers) flow(one, each);
  }
  void show(task_id to, const core::live_frame& what) {
    const std::lock_guard lock{guard_};
    for (auto& [key, each] : journals_[to].followers) each.sink->on_frame(what);
  }
  /// Nothing follows the events that there are.
  void end(task_id which) {
    const std::lock_guard lock{guard_};
    auto& one = journals_[which];
    one.ended = true;
    for (auto& [key, each] : one.followers) flow(one, each);
  }
  std::string event_text(task_id of, std::size_t seq) {
    const std::lock_guard lock{guard_};
    return core::to_json_text(*journals_[of].events.at(seq - 1));
  }
  /// Whether so many follow the task within ten seconds.
  bool has_followers(task_id which, std::size_t count) {
    std::unique_lock lock{guard_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return journals_[which].followers.size() == count; });
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock{guard_};
    return asked_;
  }

  void submit(const core::caller& who, core::submission what, core::completion<core::submitted_task> done) override {
    note("submit " + what.agent + " by " + who.principal + ": " + what.message.text());
    if (what.agent != "echo") return done(fail(errc::not_found, "no agent '" + what.agent + "'"));
    done(core::submitted_task{made(task_id::make(time_point{milliseconds{1'700'000'000'000}})), false});
  }
  void send(const core::caller&, task_id to, core::further_message what,
            core::completion<core::submitted_task> done) override {
    note("send " + what.message.text());
    done(core::submitted_task{made(to), false});
  }
  void cancel(const core::caller&, task_id which, std::string reason, core::completion<core::task_ptr> done) override {
    note("cancel " + reason);
    done(made(which));
  }
  void subscribe(const core::caller&, task_id which, std::uint64_t after, std::size_t credit,
                 std::shared_ptr<core::event_sink> sink, core::completion<core::subscription_ptr> done) override {
    std::uint64_t key = 0;
    {
      const std::lock_guard lock{guard_};
      auto& one = journals_[which];
      if (one.ended && after >= one.events.size()) return done(fail(errc::task_terminal, "the task has ended"));
      key = ++last_key_;
    }
    done(core::subscription_ptr{std::make_unique<handle>(*this, which, key)});
    const std::lock_guard lock{guard_};
    auto& one = journals_[which];
    flow(one, one.followers.emplace(key, follower{std::move(sink), after, credit}).first->second);
    changed_.notify_all();
  }

  void get(const core::caller&, task_id, core::completion<core::task_ptr>) override {}
  void await(const core::caller&, task_id, milliseconds, core::completion<core::task_ptr>) override {}
  void list(const core::caller&, core::task_filter, core::page_request,
            core::completion<core::page<core::task_row>>) override {}
  void remove(const core::caller&, task_id, core::completion<void>) override {}
  void events(const core::caller&, task_id, std::uint64_t, int, core::completion<std::vector<core::event_ptr>>) override {}
  void contexts(const core::caller&, core::page_request, core::completion<core::page<core::context_info>>) override {}
  void context(const core::caller&, std::string, core::completion<core::context_info>) override {}
  void context_messages(const core::caller&, std::string, core::page_request,
                        core::completion<core::page<core::message>>) override {}
  void remove_context(const core::caller&, std::string, core::completion<void>) override {}

 private:
  struct follower {
    std::shared_ptr<core::event_sink> sink;
    std::size_t given = 0;
    std::size_t credit = 0;
    bool told = false;
  };
  struct journal {
    std::vector<core::event_ptr> events;
    std::map<std::uint64_t, follower> followers;
    bool ended = false;
  };
  struct handle final : core::subscription {
    handle(journaled_tasks& of_, task_id which_, std::uint64_t key_) : of(of_), which(which_), key(key_) {}
    ~handle() override {
      const std::lock_guard lock{of.guard_};
      of.journals_[which].followers.erase(key);
      of.changed_.notify_all();
    }
    void grant(std::size_t count) override {
      const std::lock_guard lock{of.guard_};
      auto& one = of.journals_[which];
      const auto found = one.followers.find(key);
      if (found == one.followers.end()) return;
      found->second.credit += count;
      of.flow(one, found->second);
    }
    journaled_tasks& of;
    task_id which;
    std::uint64_t key;
  };

  static void flow(const journal& from, follower& to) {
    while (to.credit > 0 && to.given < from.events.size()) {
      --to.credit;
      to.sink->on_event(from.events[to.given++]);
    }
    if (from.ended && to.given == from.events.size() && !std::exchange(to.told, true)) to.sink->on_end();
  }
  static core::task_ptr made(task_id which) {
    auto out = std::make_shared<core::task>();
    out->row.id = which;
    out->row.agent = "echo";
    return out;
  }
  void note(std::string what) {
    const std::lock_guard lock{guard_};
    asked_.push_back(std::move(what));
  }

  std::mutex guard_;
  std::condition_variable changed_;
  std::map<task_id, journal> journals_;
  std::uint64_t last_key_ = 0;
  std::vector<std::string> asked_;
};

/// Topics with one follower, to whom the test gives messages.
class one_follower final : public core::topic_service {
 public:
  /// Gives the message to the follower, once it has granted enough. False when that takes longer than ten seconds.
  bool publish(core::topic_message_ptr what, std::uint64_t dropped = 0) {
    std::shared_ptr<core::topic_sink> to;
    {
      std::unique_lock lock{guard_};
      if (!changed_.wait_for(lock, std::chrono::seconds{10}, [this] { return sink_ && credit_ > 0; })) return false;
      --credit_;
      to = sink_;
    }
    to->on_message(std::move(what), dropped);
    return true;
  }
  /// Whether the follower leaves within ten seconds.
  bool is_left() {
    std::unique_lock lock{guard_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, [this] { return !sink_; });
  }
  std::string asked() {
    const std::lock_guard lock{guard_};
    return asked_;
  }

  void subscribe(const core::caller& who, std::string pattern, std::optional<std::uint64_t> after, std::size_t credit,
                 std::shared_ptr<core::topic_sink> sink, core::completion<core::subscription_ptr> done) override {
    done(core::subscription_ptr{std::make_unique<handle>(*this)});
    const std::lock_guard lock{guard_};
    asked_ = who.tenant + " " + pattern + (after ? " after " + std::to_string(*after) : "");
    sink_ = std::move(sink);
    credit_ = credit;
    changed_.notify_all();
  }
  void publish(const core::caller&, core::publication, core::completion<core::published>) override {}
  void list(const core::caller&, core::page_request, core::completion<core::page<core::topic_info>>) override {}

 private:
  struct handle final : core::subscription {
    explicit handle(one_follower& of_) : of(of_) {}
    ~handle() override {
      const std::lock_guard lock{of.guard_};
      of.sink_.reset();
      of.changed_.notify_all();
    }
    void grant(std::size_t count) override {
      const std::lock_guard lock{of.guard_};
      of.credit_ += count;
      of.changed_.notify_all();
    }
    one_follower& of;
  };

  std::mutex guard_;
  std::condition_variable changed_;
  std::string asked_;
  std::shared_ptr<core::topic_sink> sink_;
  std::size_t credit_ = 0;
};

struct websocket_fixture {
  explicit websocket_fixture(std::function<void(gateway::options&)> change = {})
      : at(std::move(change), websocket::routes(tasks, topics)) {}

  std::uint16_t port() const { return at.port(); }

  journaled_tasks tasks;
  one_follower topics;
  gateway_fixture at;
};

inline task_id numbered_task(int n) {
  return *task_id::parse("0190163d-8694-739b-aea5-966c26f8" + std::to_string(1000 + n));
}

inline std::string subscribe_frame(task_id to, int id, std::uint64_t after = 0) {
  return R"({"type":"subscribe","id":)" + std::to_string(id) + R"(,"task_id":")" + to.str() + R"(","after":)" +
         std::to_string(after) + "}";
}

}  // namespace mofa::test
