// The reloader: keeps a running server as its files say. Reads definitions again when they change, and the configuration
// when the operator asks for it (SIGHUP, `mofa reload`). Owned by the server, for as long as it serves. A thread of its own,
// which alone reads files and waits for answers; reload() and now() on any.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "protocols/core/ports/configuration_service.hpp"
#include "server/app/definition_files.hpp"
#include "server/app/folder_watch.hpp"
#include "server/app/retry_pause.hpp"
#include "server/settings/loader.hpp"

namespace mofa::app {

/// What a changed configuration is brought to; called on the reloader's thread.
struct live_parts {
  /// Whether take() can take it; nothing is changed. Error: invalid.
  std::function<result<void>(const settings::configuration&)> may_take;
  /// From when it returns, the live settings are in force.
  std::function<void(const settings::configuration&)> take;
};

class reloader final : public core::configuration_service {
 public:
  /// `from`: where the running configuration came from. It reads the same file again.
  reloader(settings::sources from, settings::loaded running, definition_files files);
  ~reloader() override;

  /// Begins to watch, and to answer reload(). What changed since the start has read the definitions is taken now.
  void start(live_parts parts);
  /// Ends the thread; whoever waits for a reload gets `unavailable`.
  void stop();

  void reload(core::completion<core::reload_report> done) override;
  /// The configuration in force.
  std::shared_ptr<const settings::configuration> now() const;

 private:
  using steady = std::chrono::steady_clock;
  using request = core::completion<core::reload_report>;

  void run();
  /// Until something happened, or the next moment.
  void await();
  void look();
  core::definition_changes update_definitions();
  result<core::reload_report> reload_now();
  void watch_folders();
  /// Logs what the watch cannot watch, when that is new.
  void tell_of_watch();
  bool ended() const;

  settings::sources from_;
  definition_files files_;
  live_parts parts_;
  int bell_;  ///< eventfd: somebody asks, or it ends
  std::unique_ptr<folder_watch> watch_;
  std::string watch_trouble_;                ///< that was logged
  std::optional<steady::time_point> first_;  ///< when the files began to change
  std::optional<steady::time_point> due_;    ///< when they are read
  // A name that is taken may stay so for days, and each try reads all files.
  retry_pause again_{milliseconds{1'000}, milliseconds{30'000}};
  mutable std::mutex guard_;
  std::shared_ptr<const settings::configuration> now_;
  std::vector<request> asked_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace mofa::app
