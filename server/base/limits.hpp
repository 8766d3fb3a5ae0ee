// The fixed bounds of the server: what no setting may raise.
// Read everywhere, owned by nobody; constants.
// Sizes carry their unit in the name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mofa::limits {

inline constexpr std::size_t document_depth = 64;          ///< nesting of JSON and YAML
inline constexpr std::size_t document_values = 100'000;    ///< values of one JSON or YAML document
inline constexpr std::size_t client_id_bytes = 128;        ///< ids given by clients: contexts, messages, idempotency keys
inline constexpr std::size_t reference_bytes = 2048;       ///< of one id or URI that a message refers to
inline constexpr std::size_t push_configs_max = 64;        ///< push configurations of one task
inline constexpr std::size_t history_window = 50;          ///< messages of a task that stay in memory and in its snapshot
inline constexpr std::size_t snapshot_every_events = 100;  ///< a snapshot is written after so many events
inline constexpr std::size_t event_page = 200;             ///< events read from the store in one go
inline constexpr std::size_t artifacts_bytes = 16 * 1024 * 1024;  ///< all artifacts of one task together
inline constexpr int quarantine_after_unclean_stops = 3;      ///< a task undecided at so many unclean stops is not run again
inline constexpr std::size_t memory_key_bytes = 128;          ///< of a key in a context's memory
inline constexpr std::size_t memory_value_bytes = 64 * 1024;  ///< of a value there, as JSON text
inline constexpr std::int64_t memory_keys = 1000;             ///< keys of one context
inline constexpr int page_default = 50;
inline constexpr int page_max = 200;
inline constexpr int wait_max_seconds = 60;              ///< Prefer: wait
inline constexpr std::int64_t descendants_max = 10'000;  ///< of one task
inline constexpr int depth_max = 16;                     ///< ancestors of one task
inline constexpr std::size_t topic_bytes = 256;          ///< of a topic's name or pattern
inline constexpr int topic_hops_max = 16;                ///< tasks made from messages that lead to one message

}  // namespace mofa::limits
