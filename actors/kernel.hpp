// The kernel: the actor system for the rest of the process. Starts the supervision tree, gives the ports, and stops it all.
// Owned by the app, one for the process.
// start() and stop() on the main thread; the ports on any.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/catalog/catalog.hpp"
#include "actors/delivery/options.hpp"
#include "actors/scheduling/scheduler.hpp"
#include "actors/service/file_agents.hpp"
#include "actors/system/probe.hpp"
#include "protocols/core/ports/agent_service.hpp"
#include "protocols/core/ports/model_directory.hpp"
#include "protocols/core/ports/push_service.hpp"
#include "protocols/core/ports/store.hpp"
#include "protocols/core/ports/task_service.hpp"
#include "protocols/core/ports/tool.hpp"
#include "protocols/core/ports/topic_service.hpp"

namespace mofa::actors {

struct kernel_options {
  int workers = 2;
  int readers = 2;
  milliseconds idle_after{10'000};  ///< until an idle task leaves memory
  std::map<std::string, core::tool_ptr, std::less<>> tools;
  const core::model_directory* models = nullptr;       ///< must outlive the kernel
  scheduling::options scheduling;                      ///< slots of "model" and "tool"
  delivery::equipment push;                            ///< without a sender there are no push notifications
  std::function<void(std::string causes)> on_give_up;  ///< the root gave up: one line; called on a worker
};

class kernel {
 public:
  /// Becomes the owner of the store. `store`, `definitions`, `time` and `watch` must outlive the kernel.
  static result<std::unique_ptr<kernel>> start(kernel_options options, core::store& store, catalog::catalog& definitions,
                                               const clock& time, probe& watch);
  ~kernel();

  core::task_service& tasks();
  core::agent_service& agents();
  /// For whoever watches the files of definitions.
  service::file_agents& files();
  core::topic_service& topics();
  core::push_service& pushes();

  /// Other slots and another ageing from now on; what runs goes on. The resources stay those of the start. Any thread.
  void schedule_by(scheduling::options next);

  /// Ends the tree in reverse order, the journal last; then the store is released. Nothing is answered afterwards.
  void stop();

 private:
  struct parts;
  explicit kernel(std::unique_ptr<parts> made);
  std::unique_ptr<parts> parts_;
};

}  // namespace mofa::actors
