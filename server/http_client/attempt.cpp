#include "server/http_client/attempt.hpp"

#include <algorithm>
#include <charconv>

namespace mofa::http_client {
namespace {

constexpr std::size_t most_head_bytes = 128 * 1024;

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "HTTP/1.1 200 OK", "HTTP/2 200"
int status_of(std::string_view line) {
  const auto space = line.find(' ');
  if (space == line.npos) return 0;
  int out = 0;
  const auto digits = line.substr(space + 1, 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

bool takes_a_body(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

}  // namespace

std::unique_ptr<attempt> attempt::make(const hop& what, attempt_listener& to, void* owner) {
  std::unique_ptr<attempt> out{new attempt{to}};
  return out->set_up(what, owner) ? std::move(out) : nullptr;
}

bool attempt::append(list& to, const std::string& text) {
  auto* longer = curl_slist_append(to.get(), text.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(to.release());
  to.reset(longer);
  return true;
}

bool attempt::set_up(const hop& what, void* owner) {
  easy_.reset(curl_easy_init());
  if (easy_ == nullptr) return false;
  auto* easy = handle();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, owner);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, failure_);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Without it, letting go of a call whose name is being resolved waits for the name server.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_URL, what.url.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(what.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // A second request to the same host waits to see whether the connection under way can be shared.
  curl_easy_setopt(easy, CURLOPT_PIPEWAIT, what.encrypted ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set_method(what);
  if (!set_route(what)) return false;
  for (const auto& each : what.headers) {
    if (!append(headers_, each.value.empty() ? each.name + ";" : each.name + ": " + each.value)) return false;
  }
  const bool typed = std::any_of(what.headers.begin(), what.headers.end(),
                                 [](const header& h) { return same_name(h.name, "Content-Type"); });
  // libcurl would call every body a form, and wait for leave to send a large one.
  if (!append(headers_, "Expect:") || (!typed && !append(headers_, "Content-Type:"))) return false;
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "mofa");

  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &attempt::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &attempt::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &attempt::on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &attempt::on_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  return true;
}

void attempt::set_method(const hop& what) {
  auto* easy = handle();
  if (what.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (!what.body.empty() || takes_a_body(what.method)) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(what.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, what.body.empty() ? "" : what.body.data());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, what.method.c_str());
}

bool attempt::set_route(const hop& what) {
  auto* easy = handle();
  // Both are set even when they are empty: the environment has no say in where requests go.
  curl_easy_setopt(easy, CURLOPT_PROXY, what.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  if (!what.pin) return true;
  // Any host and port of the URL, at this address. Unlike an entry in the DNS cache, it belongs to this request alone, keeps
  // its connections apart from those of other requests, and makes a proxy connect to the address itself.
  const auto address = what.pin->is_v6 ? "[" + what.pin->text() + "]" : what.pin->text();
  return append(route_, "::" + address + ":") && curl_easy_setopt(easy, CURLOPT_CONNECT_TO, route_.get()) == CURLE_OK;
}

std::string attempt::explain(CURLcode code) const {
  std::string text = failure_[0] != '\0' ? failure_ : curl_easy_strerror(code);
  for (auto& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

std::size_t attempt::on_header(char* text, std::size_t size, std::size_t count, void* self) noexcept {
  auto& me = *static_cast<attempt*>(self);
  me.to_.moved();
  return me.line({text, size * count}) ? size * count : 0;
}

bool attempt::line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (head_done_) return true;  // A trailer.
  head_bytes_ += text.size() + 2;
  if (head_bytes_ > most_head_bytes) return false;
  if (!text.empty()) return head_line(text);
  if (status_ >= 100 && status_ < 200) return true;
  head_done_ = true;
  return to_.head(status_, std::move(head_));
}

bool attempt::head_line(std::string_view text) {
  if (text.starts_with("HTTP/")) {
    status_ = status_of(text);
    head_.clear();
    return true;
  }
  const auto colon = text.find(':');
  if (colon == text.npos) return true;
  head_.push_back({std::string{text.substr(0, colon)}, std::string{trimmed(text.substr(colon + 1))}});
  return true;
}

std::size_t attempt::on_body(char* text, std::size_t size, std::size_t count, void* self) noexcept {
  auto& me = *static_cast<attempt*>(self);
  me.to_.moved();
  return me.to_.bytes({text, size * count}) ? size * count : 0;
}

int attempt::on_connected(void* self, char* peer, char*, int, int) noexcept {
  return static_cast<attempt*>(self)->to_.connected(peer) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

int attempt::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent) noexcept {
  auto& me = *static_cast<attempt*>(self);
  if (sent != me.sent_) me.to_.moved();
  me.sent_ = sent;
  return 0;
}

}  // namespace mofa::http_client
