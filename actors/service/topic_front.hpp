// The front of the actors for topics: implements the port that protocols and effects ask, by asking the bus and the readers.
// Owned by the kernel; called by gateway threads and the effects room.
// Thread-safe; completions are called on workers and reader threads.
#pragma once

#include <atomic>

#include "actors/directory/directory.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/environment.hpp"
#include "protocols/core/ports/topic_service.hpp"

namespace mofa::service {

class topic_front final : public core::topic_service {
 public:
  topic_front(actors::ask_bridge& bridge, const directory::directory& where, const actors::environment& env)
      : bridge_(bridge), where_(where), env_(env) {}

  void publish(const core::caller& who, core::publication what, core::completion<core::published> done) override;
  void list(const core::caller& who, core::page_request want, core::completion<core::page<core::topic_info>> done) override;
  void subscribe(const core::caller& who, std::string pattern, std::optional<std::uint64_t> after, std::size_t credit,
                 std::shared_ptr<core::topic_sink> sink, core::completion<core::subscription_ptr> done) override;

 private:
  actors::ask_bridge& bridge_;
  const directory::directory& where_;
  const actors::environment& env_;
  std::atomic<std::uint64_t> next_key_{1};
};

}  // namespace mofa::service
