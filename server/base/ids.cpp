#include "server/base/ids.hpp"

#include <atomic>
#include <random>

namespace mofa {
namespace {

std::mt19937_64& generator() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
    return std::mt19937_64{seed};
  }();
  return engine;
}

void put_time(uuid_bytes& out, std::uint64_t millis) {
  for (std::size_t i = 0; i < 6; ++i) out[i] = static_cast<std::uint8_t>(millis >> (8 * (5 - i)));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

uuid_bytes make_uuid7(time_point now) {
  // rand_a is a counter within the millisecond (RFC 9562, section 6.2, method 1), rand_b is random. One counter for the
  // process: what is made later, on whatever thread, is listed as newer.
  static std::atomic<std::uint64_t> last{0};
  const auto fresh = static_cast<std::uint64_t>(now.time_since_epoch().count()) << 12 | (generator()() & 0x3ff);
  auto seen = last.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    next = fresh >> 12 > seen >> 12 ? fresh : seen + 1;
  } while (!last.compare_exchange_weak(seen, next, std::memory_order_relaxed));
  const auto millis = next >> 12;
  const auto counter = next & 0xfff;
  uuid_bytes out;
  put_time(out, millis);
  out[6] = static_cast<std::uint8_t>(0x70 | (counter >> 8 & 0x0f));
  out[7] = static_cast<std::uint8_t>(counter);
  const std::uint64_t random = generator()();
  for (std::size_t i = 8; i < 16; ++i) out[i] = static_cast<std::uint8_t>(random >> (8 * (15 - i)));
  out[8] = static_cast<std::uint8_t>(0x80 | (out[8] & 0x3f));
  return out;
}

uuid_bytes uuid7_floor(time_point at) {
  uuid_bytes out{};
  put_time(out, static_cast<std::uint64_t>(at.time_since_epoch().count()));
  out[6] = 0x70;
  out[8] = 0x80;
  return out;
}

std::string to_string(const uuid_bytes& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < 16; ++i) {
    if (dash_before(i)) out += '-';
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 0x0f];
  }
  return out;
}

std::optional<uuid_bytes> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  uuid_bytes out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (dash_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return out;
}

}  // namespace mofa
