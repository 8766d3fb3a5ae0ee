// Units of events for the journal world, and a sink that writes down what it is given.
// Included by the tests of the storage room; nothing outlives a test.
// One thread.
#pragma once

#include <doctest/doctest.h>
#include <caf/send.hpp>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/journal_world.hpp"

namespace mofa::test {

/// Event `seq` of the task; the last one of a task completes it.
inline core::event_ptr event_of(task_id which, std::uint64_t seq, bool last = false) {
  auto out = std::make_shared<core::event>();
  out->task = which;
  out->seq = seq;
  out->kind = last ? "status_changed" : "replied";
  out->data = last ? R"({"state":"completed"})" : "{}";
  return out;
}

/// A unit of `count` events after number `after`.
inline core::append_unit unit_of(task_id which, std::uint64_t after, std::uint64_t count, bool last = false) {
  core::append_unit out;
  out.epoch = 1;
  out.expected_seq = after;
  for (auto seq = after + 1; seq <= after + count; ++seq)
    out.events.push_back(event_of(which, seq, last && seq == after + count));
  out.row.id = which;
  out.row.tenant = "default";
  out.row.owner = "local";
  out.row.status.state = last ? core::task_state::completed : core::task_state::working;
  out.row.last_seq = after + count;
  return out;
}

inline core::task_ptr view_of(const core::append_unit& unit) {
  auto out = std::make_shared<core::task>();
  out->row = unit.row;
  return out;
}

struct noting_sink final : core::event_sink {
  std::vector<std::uint64_t> got;
  int ends = 0;
  std::vector<errc> failures;
  std::vector<core::live_frame> frames;
  void on_event(core::event_ptr what) override { got.push_back(what->seq); }
  void on_frame(const core::live_frame& what) override { frames.push_back(what); }
  void on_end() override { ++ends; }
  void on_failure(const error& why) override { failures.push_back(why.code); }
};

struct storage_world : journal_world {
  auto append(core::append_unit unit) {
    auto view = core::is_settled(unit.row.status.state) ? view_of(unit) : nullptr;
    return ask<actors::append_reply>(where.journal(), actors::append_request{std::move(unit), std::move(view)});
  }

  std::shared_ptr<const void> wanted = std::make_shared<const char>('\0');  ///< of all subscriptions

  std::shared_ptr<noting_sink> subscribe(std::uint64_t key, task_id which, std::uint64_t after, std::size_t credit) {
    auto sink = std::make_shared<noting_sink>();
    caf::anon_send(where.feeds(), actors::subscribe_request{key, which, after, credit, sink, wanted});
    return sink;
  }
};

using numbers = std::vector<std::uint64_t>;

inline numbers counted(std::uint64_t from, std::uint64_t to) {
  numbers out;
  for (; from <= to; ++from) out.push_back(from);
  return out;
}

}  // namespace mofa::test
