#include "server/base/clock.hpp"

#include <cctype>

namespace mofa {
namespace {

void put_digits(std::string& out, unsigned value, int width) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits, static_cast<std::size_t>(width));
}

class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}
  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }
  int digits(int width) {
    int value = 0;
    for (int i = 0; i < width; ++i) {
      if (text_.empty() || std::isdigit(static_cast<unsigned char>(text_.front())) == 0) {
        ok_ = false;
        return 0;
      }
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  bool skip(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) { ok_ = skip(c) && ok_; }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }

 private:
  std::string_view text_;
  bool ok_ = true;
};

}  // namespace

time_point system_clock::now() const { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

void append_rfc3339(std::string& out, time_point at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto rest = static_cast<unsigned>((at - day).count());
  put_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  put_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  put_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  put_digits(out, rest / 3'600'000, 2);
  out += ':';
  put_digits(out, rest / 60'000 % 60, 2);
  out += ':';
  put_digits(out, rest / 1000 % 60, 2);
  out += '.';
  put_digits(out, rest % 1000, 3);
  out += 'Z';
}

std::string to_rfc3339(time_point at) {
  std::string out;
  out.reserve(24);
  append_rfc3339(out, at);
  return out;
}

std::optional<time_point> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  reader in{text};
  const int y = in.digits(4);
  in.expect('-');
  const int mo = in.digits(2);
  in.expect('-');
  const int d = in.digits(2);
  if (!in.skip('T') && !in.skip('t')) return std::nullopt;
  const int h = in.digits(2);
  in.expect(':');
  const int mi = in.digits(2);
  in.expect(':');
  const int s = in.digits(2);
  int millis = 0;
  if (in.skip('.')) {
    int scale = 100;
    if (std::isdigit(static_cast<unsigned char>(in.peek())) == 0) return std::nullopt;
    while (std::isdigit(static_cast<unsigned char>(in.peek())) != 0) {
      millis += in.digits(1) * scale;
      scale /= 10;
    }
  }
  int offset_minutes = 0;
  if (!in.skip('Z') && !in.skip('z')) {
    const bool minus = in.peek() == '-';
    if (!in.skip('+') && !in.skip('-')) return std::nullopt;
    offset_minutes = in.digits(2) * 60;
    in.expect(':');
    offset_minutes += in.digits(2);
    if (minus) offset_minutes = -offset_minutes;
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!in.ok() || !in.at_end() || !date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
  return sys_days{date} + hours{h} + minutes{mi - offset_minutes} + seconds{s} + milliseconds{millis};
}

}  // namespace mofa
