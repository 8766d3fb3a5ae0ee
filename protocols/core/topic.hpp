// Topics: the names under which messages are published, the patterns that subscribers give, and one such message.
// Read from requests and definitions by protocols and the bus; messages are shared read-only by everybody who gets them.
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/task.hpp"
#include "server/base/clock.hpp"
#include "server/base/result.hpp"

namespace mofa::core {

/// Words of letters, digits, '_' and '-', with dots between: "orders.eu.new"; at most limits::topic_bytes.
/// Error invalid: says what is wrong with it.
result<void> check_topic(std::string_view name);

/// Which topics a subscriber wants: a name in which a word may be '*' (any one word), and the last one '#' (all the words
/// that follow, also none).
class topic_pattern {
 public:
  /// Error invalid: says what is wrong with it.
  static result<topic_pattern> parse(std::string text);

  bool matches(std::string_view topic) const;
  /// It names one topic.
  bool is_exact() const { return exact_; }
  const std::string& text() const { return text_; }

 private:
  explicit topic_pattern(std::string text);

  std::string text_;
  bool exact_ = true;
};

/// A message as it was published. Durable ones have a number.
struct topic_message {
  std::uint64_t seq = 0;  ///< ascending over all topics of the server, with gaps; 0: it is not kept
  std::string tenant;     ///< only subscribers of this tenant get it
  std::string publisher;  ///< principal; the owner of the tasks that the message becomes
  std::string topic;
  std::string data;  ///< JSON text
  time_point at{};
  int hops = 0;  ///< how many tasks made from messages led to it
};
using topic_message_ptr = std::shared_ptr<const topic_message>;

/// {topic, seq (null when not kept), at, publisher, data}: what clients see of a message.
std::string to_json_text(const topic_message& what);

/// What handing over a message costs a subscriber: 1, and 1 more for each 128 KiB of its data.
inline std::size_t credits_of(const topic_message& what) { return 1 + what.data.size() / (128 * 1024); }

/// The labels of a task that was made from a message, and how many tasks made from messages led to one with these labels.
inline constexpr std::string_view topic_label = "topic";
inline constexpr std::string_view topic_hops_label = "topic_hops";
int hops_of(const label_map& labels);

/// What happens to a message that finds its subscriber's queue full, when it is not kept in the store.
enum class overflow_policy { drop_oldest, drop_newest };

}  // namespace mofa::core
