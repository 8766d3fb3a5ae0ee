#include "actors/system/system.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include "actors/system/messages.hpp"

namespace mofa::actors {
namespace {

// CAF wants a category for errors of one's own.
constexpr caf::atom_value category = caf::atom("mofa");

}  // namespace

system_config::system_config(int workers, bool testing) {
  add_message_types<caf::id_block::mofa>();
  set("scheduler.policy", testing ? caf::atom("testing") : caf::atom("sharing"));
  set("scheduler.max-threads", static_cast<std::size_t>(workers));
}

caf::error failure(std::string text) { return {1, category, caf::make_message(std::move(text))}; }

caf::error to_caf_error(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return failure(e.what());
  } catch (...) {
    return failure("something was thrown that is not an exception");
  }
}

std::string reason_text(const caf::error& reason) {
  if (!reason) return "normal";  // an error without content has no category either
  if (reason.category() == category && reason.context().match_elements<std::string>())
    return reason.context().get_as<std::string>(0);
  return caf::deep_to_string(reason);
}

}  // namespace mofa::actors
