#include "protocols/http/upgrade.hpp"

#include <algorithm>
#include <cctype>

#include "protocols/http/problem.hpp"

namespace mofa::http {
namespace {

// 16 bytes as base64 (RFC 4648, section 4).
constexpr std::size_t key_characters = 24;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

// Whether one of the headers of that name lists the token.
bool lists(const request& from, std::string_view name, std::string_view token) {
  for (const auto& [given, value] : from.headers) {
    if (given != name) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto piece = rest.substr(0, rest.find(','));
      if (same(trim(piece), token)) return true;
      rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
    }
  }
  return false;
}

bool is_key(std::string_view text) {
  if (text.size() != key_characters || !text.ends_with("==")) return false;
  return std::all_of(text.begin(), text.end() - 2, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
}

response upgrade_required(const request& from, std::string detail) {
  auto out = problem(fail(errc::invalid, std::move(detail)), {426, "Upgrade required"}, from.path, from.request_id);
  out.headers.emplace_back("Connection", "Upgrade");
  out.headers.emplace_back("Upgrade", "websocket");
  out.headers.emplace_back("Sec-WebSocket-Version", "13");
  return out;
}

}  // namespace

bool wants_websocket(const request& from) { return lists(from, "upgrade", "websocket"); }

std::optional<response> refuse_upgrade(const request& from) {
  if (!wants_websocket(from)) return upgrade_required(from, "this path is a WebSocket: send Upgrade: websocket");
  if (from.header("sec-websocket-version").value_or("") != "13")
    return upgrade_required(from, "this server speaks version 13 of WebSocket (RFC 6455)");
  const auto malformed = [&](std::string detail) {
    return problem(fail(errc::invalid_syntax, std::move(detail)), from.path, from.request_id);
  };
  if (!lists(from, "connection", "upgrade")) return malformed("Upgrade needs Connection: Upgrade beside it");
  if (!is_key(from.header("sec-websocket-key").value_or("")))
    return malformed("Sec-WebSocket-Key must be 16 bytes in base64");
  return std::nullopt;
}

}  // namespace mofa::http
