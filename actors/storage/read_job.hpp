// Read jobs: a question to the store as a function, run on a reader's thread.
// Made by whoever asks, owned by the reader's mailbox; one that is dropped unrun calls its other end.
// Made on any thread, run on one.
#pragma once

#include <caf/send.hpp>

#include <memory>
#include <utility>

#include "actors/directory/directory.hpp"

namespace mofa::storage {

/// `run` gets the store; `lost` is called instead when the reader ends first.
template <class Run, class Lost>
class function_job final : public actors::read_job {
 public:
  function_job(Run run, Lost lost) : run_(std::move(run)), lost_(std::move(lost)) {}
  ~function_job() override {
    if (!done_) lost_();
  }
  void run(core::store& from) override {
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
  auto job = std::make_shared<function_job<Run, Lost>>(std::move(run), std::move(lost));
  const auto reader = where.reader();
  if (reader) caf::anon_send(reader, actors::read_request{std::move(job)});
}

/// For actors that restart together with the readers: nobody is left to be told.
template <class Run>
void read(const directory::directory& where, Run run) {
  read(where, std::move(run), [] {});
}

}  // namespace mofa::storage
