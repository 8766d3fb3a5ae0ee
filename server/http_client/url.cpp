#include "server/http_client/url.hpp"

#include <curl/curl.h>

#include <memory>

namespace mofa::http_client {
namespace {

constexpr std::size_t shown_bytes = 200;
constexpr std::size_t most_bytes = 16 * 1024;

using parser = std::unique_ptr<CURLU, void (*)(CURLU*)>;

std::optional<std::string> part(const parser& from, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(from.get(), which, &text, flags) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, void (*)(void*)> owner{text, curl_free};
  return std::string{text};
}

std::string cut(std::string text) {
  if (text.size() > shown_bytes) text.replace(shown_bytes - 3, text.npos, "...");
  return text;
}

error bad(std::string_view text, std::string_view why) {
  return fail(errc::invalid, "the URL '" + shown_url(text) + "' " + std::string{why});
}

result<url> take_apart(const parser& from, std::string_view given) {
  const auto scheme = part(from, CURLUPART_SCHEME);
  if (!scheme || (*scheme != "http" && *scheme != "https")) return bad(given, "is neither http nor https");
  auto host = part(from, CURLUPART_HOST);
  const auto port = part(from, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto path = part(from, CURLUPART_PATH);
  if (!host || host->empty() || !port || !path) return bad(given, "has no host that can be asked");
  if (part(from, CURLUPART_ZONEID)) return bad(given, "has a zone in its address");
  for (auto& c : *host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  url out;
  out.encrypted = *scheme == "https";
  out.has_credentials = part(from, CURLUPART_USER) || part(from, CURLUPART_PASSWORD);
  out.host = host->front() == '[' ? host->substr(1, host->size() - 2) : *host;
  out.address = ip_address::parse(out.host);
  // libcurl would map other characters than ASCII, by the locale, also to digits and dots: after the host was judged.
  if (!out.address && !is_host_name(out.host)) return bad(given, "has no host that can be asked (in ASCII: xn--…)");
  if (curl_url_set(from.get(), CURLUPART_HOST, host->c_str(), 0) != CURLUE_OK) return bad(given, "cannot be read");
  curl_url_set(from.get(), CURLUPART_FRAGMENT, nullptr, 0);
  out.text = part(from, CURLUPART_URL).value_or("");
  out.origin = *scheme + "://" + *host + ":" + *port;
  const auto own_port = part(from, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  out.shown = cut(*scheme + "://" + *host + (own_port ? ":" + *own_port : "") + *path);
  return out;
}

result<url> read(const parser& into, std::string_view text) {
  const std::string copy{text};
  if (into == nullptr) return fail(errc::internal, "out of memory");
  if (text.size() > most_bytes || copy.find('\0') != copy.npos) return bad(text, "cannot be read");
  const auto failure = curl_url_set(into.get(), CURLUPART_URL, copy.c_str(), CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME);
  if (failure != CURLUE_OK) return bad(text, std::string{"cannot be read: "} + curl_url_strerror(failure));
  return take_apart(into, text);
}

}  // namespace

result<url> read_url(std::string_view text) { return read(parser{curl_url(), curl_url_cleanup}, text); }

result<url> read_location(const url& base, std::string_view location) {
  parser from{curl_url(), curl_url_cleanup};
  if (from != nullptr && curl_url_set(from.get(), CURLUPART_URL, base.text.c_str(), 0) != CURLUE_OK) {
    return fail(errc::internal, "a URL that was read cannot be read again");
  }
  return read(from, location);
}

std::string shown_url(std::string_view text) {
  std::string out{text.substr(0, text.find_first_of("?#"))};
  const auto scheme = out.find("://");
  const auto begin = scheme == out.npos ? 0 : scheme + 3;
  const auto end = out.find('/', begin);
  const auto at = out.substr(0, end).rfind('@');
  if (at != out.npos && at >= begin) out.erase(begin, at + 1 - begin);
  for (auto& c : out) {
    if (c <= ' ' || c > '~') c = '?';
  }
  return cut(std::move(out));
}

}  // namespace mofa::http_client
