// The port of the words of deliveries: what a dialect tells a receiver of an event.
// Implemented by dialects, injected by the app, asked by the deliveries.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "protocols/core/event.hpp"
#include "protocols/core/task.hpp"

namespace mofa::core {

struct push_body {
  std::string content_type;
  std::string body;
};

class push_encoder {
 public:
  virtual ~push_encoder() = default;

  /// What the body for an event is made of: there is none, the event alone, or the whole task.
  enum class need { nothing, event, task };
  virtual need needed(std::string_view dialect, const event& what) const = 0;
  /// For need::event.
  virtual push_body encode(std::string_view dialect, std::string_view context_id, const event& what) const = 0;
  /// For need::task: the task at that event or later.
  virtual push_body encode(std::string_view dialect, const task& what) const = 0;
};

}  // namespace mofa::core
