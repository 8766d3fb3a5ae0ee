#include "server/app/reloader.hpp"

#include <fmt/ranges.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "server/settings/change.hpp"
#include "server/telemetry/logging.hpp"

namespace mofa::app {
namespace {

// Editors write a file in several steps: it is read when nothing has happened for a while, or they have had time enough.
constexpr milliseconds quiet_for{200};
constexpr milliseconds patience{1'000};

/// One field for each line.
error all_mistakes(const error& why) {
  error out{errc::invalid, "the configuration cannot be used; nothing has changed", {}};
  std::istringstream lines{why.detail};
  for (std::string one; std::getline(lines, one);) out.fields.push_back({"", one});
  return out;
}

result<void> check_folders(const std::vector<std::filesystem::path>& folders) {
  for (const auto& each : folders)
    if (const auto files = definition_files_in(each); !files) return files.error();
  return {};
}

void log_report(const core::reload_report& what) {
  const auto& files = what.definitions;
  spdlog::info("reloaded applied=[{}] restart_required=[{}] changed=[{}] added=[{}] removed=[{}] errors={}",
               fmt::join(what.applied, ","), fmt::join(what.restart_required, ","), fmt::join(files.changed, ","),
               fmt::join(files.added, ","), fmt::join(files.removed, ","), files.errors.size());
  if (!what.restart_required.empty())
    spdlog::warn("settings wait for a restart: {}", fmt::join(what.restart_required, ", "));
}

}  // namespace

reloader::reloader(settings::sources from, settings::loaded running, definition_files files)
    : from_(std::move(from)),
      files_(std::move(files)),
      bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      now_(std::make_shared<const settings::configuration>(std::move(running.values))) {
  // The file that was found is the one to be read again, also when it is gone: other settings are no answer to that.
  if (running.file) from_.file = std::move(running.file);
}

reloader::~reloader() {
  stop();
  if (bell_ >= 0) ::close(bell_);
}

void reloader::start(live_parts parts) {
  parts_ = std::move(parts);
  auto watch = folder_watch::open();
  if (watch)
    watch_ = std::move(*watch);
  else
    spdlog::warn("definitions are not watched; `mofa reload` reads them again reason={}",
                 telemetry::quoted(watch.error().detail));
  watch_folders();
  due_ = steady::now() + quiet_for;
  thread_ = std::thread{[this] { run(); }};
}

void reloader::stop() {
  {
    const std::lock_guard lock{guard_};
    ended_ = true;
  }
  ::eventfd_write(bell_, 1);
  if (thread_.joinable()) thread_.join();
  for (auto& each : asked_) each(fail(errc::unavailable, "the server stops"));
  asked_.clear();
}

void reloader::reload(request done) {
  {
    const std::lock_guard lock{guard_};
    if (!ended_) {
      asked_.push_back(std::move(done));
      ::eventfd_write(bell_, 1);
      return;
    }
  }
  done(fail(errc::unavailable, "the server stops"));
}

std::shared_ptr<const settings::configuration> reloader::now() const {
  const std::lock_guard lock{guard_};
  return now_;
}

void reloader::run() {
  for (;;) {
    await();
    std::optional<request> next;
    {
      const std::lock_guard lock{guard_};
      if (ended_) return;
      if (!asked_.empty()) {
        next = std::move(asked_.front());
        asked_.erase(asked_.begin());
        if (!asked_.empty()) ::eventfd_write(bell_, 1);
      }
    }
    look();
    if (next) {
      (*next)(reload_now());
    } else if (due_ && *due_ <= steady::now()) {
      (void)update_definitions();
    }
  }
}

void reloader::await() {
  std::array<pollfd, 2> both{{{bell_, POLLIN, 0}, {watch_ ? watch_->descriptor() : -1, POLLIN, 0}}};
  int span = -1;
  if (due_) {
    const auto left = std::chrono::ceil<milliseconds>(*due_ - steady::now()).count();
    span = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }
  (void)::poll(both.data(), both.size(), span);
  eventfd_t ignored = 0;
  (void)::eventfd_read(bell_, &ignored);
}

void reloader::look() {
  if (!watch_) return;
  const bool changed = watch_->take();
  tell_of_watch();
  if (!changed) return;
  again_.reset();
  const auto at = steady::now();
  if (!first_) first_ = at;
  due_ = std::min(at + quiet_for, *first_ + patience);
}

core::definition_changes reloader::update_definitions() {
  first_.reset();
  due_.reset();
  auto out = files_.update(now()->definitions, [this] { return ended(); });
  if (files_.waits())
    due_ = steady::now() + again_.next();
  else
    again_.reset();
  return out;
}

void reloader::watch_folders() {
  if (!watch_) return;
  watch_->follow(now()->definitions);
  tell_of_watch();
}

void reloader::tell_of_watch() {
  if (watch_->trouble() == watch_trouble_) return;
  watch_trouble_ = watch_->trouble();
  if (watch_trouble_.empty()) return;
  spdlog::warn("definitions are not watched; `mofa reload` reads them again reason={}", telemetry::quoted(watch_trouble_));
}

bool reloader::ended() const {
  const std::lock_guard lock{guard_};
  return ended_;
}

// First everything is checked; from then on nothing can fail but a definition, which holds up no other.
result<core::reload_report> reloader::reload_now() {
  const auto refuse = [](const error& why) {
    auto out = all_mistakes(why);
    for (const auto& each : out.fields) spdlog::error("reload refused, nothing has changed: {}", each.message);
    return out;
  };
  const auto wanted = settings::load(from_);
  if (!wanted) return refuse(wanted.error());
  const auto running = now();
  auto change = settings::change_of(*running, wanted->values);
  if (const auto checked = settings::check_together(change.now); !checked) return refuse(checked.error());
  const bool other_folders = running->definitions != change.now.definitions;
  if (const auto checked = check_folders(other_folders ? change.now.definitions : std::vector<std::filesystem::path>{});
      !checked)
    return refuse(checked.error());
  if (const auto checked = parts_.may_take(change.now); !checked) return refuse(checked.error());

  parts_.take(change.now);
  {
    const std::lock_guard lock{guard_};
    now_ = std::make_shared<const settings::configuration>(std::move(change.now));
  }
  if (other_folders) watch_folders();
  core::reload_report out{std::move(change.applied), std::move(change.waiting), {}};
  again_.reset();
  out.definitions = update_definitions();
  if (ended()) return fail(errc::unavailable, "the server stops");
  log_report(out);
  return out;
}

}  // namespace mofa::app
