// The CAF actor system of the process: its settings, its message types, and what every actor starts with.
// Owned by the kernel; actors and the ask bridge borrow it.
// Built and destroyed on the main thread.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>

#include <exception>
#include <string>

namespace mofa::actors {

/// Scheduler policy `sharing` (an idle hop costs 5 us there, 60-100 us with the default), `workers` threads.
/// `testing`: CAF's test coordinator, with virtual time and no threads.
class system_config : public caf::actor_system_config {
 public:
  explicit system_config(int workers, bool testing = false);
};

/// What a thrown exception becomes: the error that the actor ends with and that its supervisor reads. CAF alone loses the
/// text.
caf::error to_caf_error(std::exception_ptr thrown);
/// An orderly end with a text, for supervisors.
caf::error failure(std::string text);
/// The text of an exit reason made by these two; else what CAF says of it.
std::string reason_text(const caf::error& reason);

/// Every actor calls this first.
template <class Self>
void guard(Self* self) {
  self->set_exception_handler([](std::exception_ptr& thrown) { return to_caf_error(thrown); });
}

}  // namespace mofa::actors
