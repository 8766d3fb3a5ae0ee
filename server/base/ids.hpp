// Ids that this server makes: UUIDv7 (RFC 9562, section 5.7), one type for each noun, so that they cannot be mixed up.
// A plain 16-byte value, ordered by the time it was made. Ids given by clients are opaque strings instead.
// make() may be called on any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.hpp"

namespace mofa {

/// The 16 bytes of a UUID in network order.
using uuid_bytes = std::array<std::uint8_t, 16>;

/// A new UUIDv7: milliseconds now, then random bits; ids that this process makes in one millisecond keep their order.
uuid_bytes make_uuid7(time_point now);
/// The smallest UUIDv7 of that millisecond: a bound for range reads by time.
uuid_bytes uuid7_floor(time_point at);
/// "0190163d-8694-739b-aea5-966c26f8ad91".
std::string to_string(const uuid_bytes& bytes);
/// Nothing when the text is not a UUID in the 8-4-4-4-12 form.
std::optional<uuid_bytes> parse_uuid(std::string_view text);

/// An id of one kind of thing.
template <class Tag>
class id {
 public:
  /// The nil id; compares lower than every made one.
  constexpr id() = default;
  explicit constexpr id(const uuid_bytes& bytes) : bytes_(bytes) {}

  /// A new id; `now` gives its time part.
  static id make(time_point now) { return id{make_uuid7(now)}; }
  static std::optional<id> parse(std::string_view text) {
    const auto bytes = parse_uuid(text);
    return bytes ? std::optional<id>{id{*bytes}} : std::nullopt;
  }

  std::string str() const { return to_string(bytes_); }
  const uuid_bytes& bytes() const { return bytes_; }
  bool is_nil() const { return bytes_ == uuid_bytes{}; }

  friend bool operator==(const id&, const id&) = default;
  friend auto operator<=>(const id&, const id&) = default;

 private:
  uuid_bytes bytes_{};
};

using task_id = id<struct task_tag>;

}  // namespace mofa

template <class Tag>
struct std::hash<mofa::id<Tag>> {
  std::size_t operator()(const mofa::id<Tag>& value) const noexcept {
    // The last eight bytes are random: no further mixing is needed.
    std::size_t h = 0;
    for (std::size_t i = 8; i < 16; ++i) h = h << 8 | value.bytes()[i];
    return h;
  }
};
