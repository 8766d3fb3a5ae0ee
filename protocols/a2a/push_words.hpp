// The words of push notifications: what a receiver is posted of an event, in the version that registered it.
// Made by the app, asked by the deliveries through the port.
// Pure; any thread.
#pragma once

#include "protocols/core/ports/push_encoder.hpp"

namespace mofa::a2a {

/// 1.0: a StreamResponse: updates of status and artifacts, and at the end the whole task, or the message that was its answer
/// (A2A 1.0.1, section 4.3). 0.3: the task as it is, each time (0.3.0, section 9.5).
class push_words final : public core::push_encoder {
 public:
  need needed(std::string_view dialect, const core::event& what) const override;
  core::push_body encode(std::string_view dialect, std::string_view context_id, const core::event& what) const override;
  core::push_body encode(std::string_view dialect, const core::task& what) const override;
};

}  // namespace mofa::a2a
