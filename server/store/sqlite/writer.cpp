#include "server/store/sqlite/writer.hpp"

#include <utility>

namespace mofa::store {

writer::writer(std::string file, open_options options, std::unique_ptr<connection> first)
    : file_(std::move(file)), options_(std::move(options)), db_(std::move(first)) {}

result<void> writer::begin() {
  if (!db_) {
    auto opened = connection::open(file_, options_, connection::access::write);
    if (!opened) return opened.error();
    db_ = *std::move(opened);
  }
  auto begun = db_->prepare("BEGIN IMMEDIATE").run();
  if (!begun && !db_->roll_back()) db_.reset();
  return begun;
}

result<void> writer::transact(const std::function<result<void>(connection&)>& body) {
  const std::lock_guard lock(mutex_);
  if (auto begun = begin(); !begun) return begun;
  auto done = body(*db_);
  if (!done) {
    if (!db_->roll_back()) db_.reset();
    return done;
  }
  auto committed = db_->prepare("COMMIT").run();
  if (committed) {
    db_->shed_pages();
    return committed;
  }
  const bool nothing_written = db_->failed_before_writing();
  if (!db_->roll_back()) db_.reset();
  if (nothing_written || fence()) return committed;
  return fail(errc::unknown_outcome, "commit: " + committed.error().detail);
}

result<void> writer::fence() {
  // When the flush of a commit fails, its whole frames may be in the log file although this process has forgotten them;
  // after a crash they would count. The next commit takes their place in the file: once that is durable, they are gone.
  if (auto begun = begin(); !begun) return begun;
  auto done = db_->prepare("UPDATE meta SET fences = fences + 1").run();
  if (done) done = db_->prepare("COMMIT").run();
  if (!done && !db_->roll_back()) db_.reset();
  return done;
}

}  // namespace mofa::store
