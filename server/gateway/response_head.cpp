#include "server/gateway/response_head.hpp"

#include <boost/beast/http/status.hpp>
#include <charconv>
#include <ctime>

namespace mofa::gateway {

namespace {

void append_number(std::string& out, std::size_t value) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  out.append(std::begin(digits), end);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  // Values may hold what a client sent: a line break in one would begin a header of the client's.
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  out += "\r\n";
}

bool has_no_content(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

void append_head(std::string& out, const http::response& answer, const head_facts& facts) {
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(answer.status)));
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(answer.status));
  out += ' ';
  out.append(reason.data(), reason.size());
  out += "\r\n";
  out += facts.constant;
  if (!answer.content_type.empty()) append_line(out, "Content-Type", answer.content_type);
  if (facts.body == framing::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (facts.body == framing::sized && !has_no_content(answer.status)) {
    out += "Content-Length: ";
    append_number(out, answer.body.size());
    out += "\r\n";
  }
  if (!facts.request_id.empty()) append_line(out, "X-Request-Id", facts.request_id);
  for (const auto& [name, value] : answer.headers) append_line(out, name, value);
  if (facts.close) {
    out += "Connection: close\r\n";
  } else if (facts.keep_alive_said) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

std::string date_line(time_point now) {
  const auto seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(now));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  // The process never leaves the C locale, so that names are the English ones which the RFC asks for.
  const auto length = std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
  return std::string{text, length};
}

}  // namespace mofa::gateway
