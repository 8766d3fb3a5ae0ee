// Read jobs: a question to the store, or to what is kept in memory only, as a function run on the thread of whoever has it.
// Made by whoever asks, owned by the mailbox of a reader or of the feeds; one that is dropped unrun calls its other end.
// Made on any thread, run on one.
#pragma once

#include <caf/send.hpp>

#include <memory>
#include <utility>

#include "actors/directory/directory.hpp"

namespace mofa::storage {

/// `run` gets the source; `lost` is called instead when the actor ends first.
template <class Job, class Source, class Run, class Lost>
class function_job final : public Job {
 public:
  function_job(Run run, Lost lost) : run_(std::move(run)), lost_(std::move(lost)) {}
  ~function_job() override {
    if (!done_) lost_();
  }
  void run(Source& from) override {
    done_ = true;
    run_(from);
  }

 private:
  Run run_;
  Lost lost_;
  bool done_ = false;
};

/// Sends the job to a reader.
template <class Run, class Lost>
void read(const directory::directory& where, Run run, Lost lost) {
  using job = function_job<actors::read_job, core::store, Run, Lost>;
  auto made = std::make_shared<job>(std::move(run), std::move(lost));
  const auto reader = where.reader();
  if (reader) caf::anon_send(reader, actors::read_request{std::move(made)});
}

/// For actors that restart together with the readers: nobody is left to be told.
template <class Run>
void read(const directory::directory& where, Run run) {
  read(where, std::move(run), [] {});
}

/// Sends the job to the feeds, which keep the tasks with durability none.
template <class Run, class Lost>
void read_memory(const actors::feeds_actor& feeds, Run run, Lost lost) {
  using job = function_job<actors::memory_job, const memory_journal, Run, Lost>;
  auto made = std::make_shared<job>(std::move(run), std::move(lost));
  if (feeds) caf::anon_send(feeds, actors::volatile_query{std::move(made)});
}

}  // namespace mofa::storage
