// The pure host: plays the task actor for a behaviour in a test, without actors, store or clock.
// Numbers the events, writes the ids that a host writes, applies, crashes and decides again.
// Owned by one test; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/ports/kind.hpp"

namespace mofa::test {

using core::json;

class pure_host {
 public:
  explicit pure_host(core::behaviour_ptr subject);

  /// Facts. Each is decided, journaled and applied; when `decide` throws it is journaled with `behaviour_crashed` and
  /// decided again, up to `attempts_max` times. Returned: the kinds of the events decided in the end.
  std::vector<std::string> submit(const json& message);
  std::vector<std::string> send(const json& message);
  std::vector<std::string> fire(const std::string& timer_id);
  std::vector<std::string> resolve(const std::string& effect_id, const json& value);
  std::vector<std::string> resolve_with_error(const std::string& effect_id, std::string_view code, std::string_view detail);
  std::vector<std::string> take(std::string_view kind, const json& data);

  /// The data of the newest event of that kind, as recorded; null when there is none.
  json newest(std::string_view kind) const;
  /// How many events of that kind there are.
  std::size_t count(std::string_view kind) const;
  const std::vector<core::event>& journal() const { return journal_; }

  /// The live state, the one folded from the journal, and the live one after save and load; as the behaviour saves them.
  json live() const;
  json folded() const;
  json reloaded() const;
  /// The live state is replaced by the folded one, as after a restart.
  void restart();

  core::task_row row;
  time_point now{std::chrono::seconds{1'700'000'000}};
  int attempts_max = 5;

 private:
  void record(std::string_view kind, json data, int version);

  core::behaviour_ptr subject_;
  std::unique_ptr<core::behaviour_state> state_;
  std::vector<core::event> journal_;
  std::uint64_t facts_ = 0;
};

}  // namespace mofa::test
