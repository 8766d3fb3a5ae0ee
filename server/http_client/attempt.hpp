// An attempt: one request on one connection, as an easy handle of libcurl with everything that it needs to stay alive.
// Made and owned by a transfer, which makes another for a redirect or the next address; the loop drives it.
// On the loop's thread only.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/host.hpp"
#include "server/http_client/client.hpp"

namespace mofa::http_client {

/// What an attempt tells its transfer while it runs. False: stop here.
class attempt_listener {
 public:
  /// The connection stands; nothing has been sent on it. `peer`: the address at its other end.
  virtual bool connected(std::string_view peer) = 0;
  /// The final head: no 1xx, no head of a proxy.
  virtual bool head(int status, std::vector<header> headers) = 0;
  virtual bool bytes(std::string_view data) = 0;
  /// Something was sent or received.
  virtual void moved() = 0;

 protected:
  ~attempt_listener() = default;
};

/// The request of one hop; all of it must outlive the attempt.
struct hop {
  const std::string& method;
  const std::string& url;
  const std::vector<header>& headers;
  std::string_view body;
  const std::string& proxy;       ///< empty: none
  std::optional<ip_address> pin;  ///< connect to this address, whatever the URL's host is
  bool encrypted = false;
  milliseconds connect_timeout{0};
};

class attempt {
 public:
  /// Null when there is no memory.
  static std::unique_ptr<attempt> make(const hop& what, attempt_listener& to, void* owner);

  CURL* handle() const noexcept { return easy_.get(); }
  /// What libcurl says about a failure, in its own words.
  std::string explain(CURLcode code) const;

 private:
  struct easy_deleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct list_deleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using list = std::unique_ptr<curl_slist, list_deleter>;

  explicit attempt(attempt_listener& to) : to_(to) {}
  bool set_up(const hop& what, void* owner);
  void set_method(const hop& what);
  bool set_route(const hop& what);
  bool line(std::string_view text);
  bool head_line(std::string_view text);
  static bool append(list& to, const std::string& text);
  static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* text, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_connected(void* self, char* peer, char* local, int peer_port, int local_port) noexcept;
  static int on_progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t sent) noexcept;

  attempt_listener& to_;
  list headers_;
  list route_;
  char failure_[CURL_ERROR_SIZE] = {};
  int status_ = 0;
  std::vector<header> head_;
  std::size_t head_bytes_ = 0;
  bool head_done_ = false;
  curl_off_t sent_ = 0;
  std::unique_ptr<CURL, easy_deleter> easy_;  ///< last: goes first, while what it points to is there
};

}  // namespace mofa::http_client
