// The request reader: HTTP/1.1 bytes into a request, on Beast's parser, without its intermediate message.
// One for each request, owned by the session.
// Used on the session's thread.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "protocols/http/message.hpp"

namespace mofa::gateway {

class request_reader : public boost::beast::http::basic_parser<true> {
 public:
  request_reader(std::size_t header_bytes, std::size_t body_bytes);

  /// Other sizes; before the first byte.
  void limit(std::size_t header_bytes, std::size_t body_bytes);

  /// The request so far; complete once is_done().
  http::request& value() { return value_; }
  /// 10 or 11; after the request line.
  int version() const { return version_; }
  /// `Expect: 100-continue`.
  bool expects_continue() const { return expects_continue_; }
  /// Whether what is left of the body is known and at most so many bytes; after the header.
  bool at_most_left(std::size_t bytes) const;
  /// The problem behind a parse error.
  error explain(const boost::system::error_code& why) const;

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb verb, string_view method, string_view target, int version,
                       error_code& ec) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field name, string_view name_text, string_view value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override;
  std::size_t on_body_impl(string_view bytes, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view bytes, error_code& ec) override;
  void on_finish_impl(error_code&) override {}

  void count(std::size_t bytes, error_code& ec);
  void refuse(const char* detail, error_code& ec);

  std::size_t header_bytes_;
  std::size_t body_bytes_;
  std::size_t header_seen_ = 0;
  int version_ = 11;
  std::size_t hosts_ = 0;
  bool header_done_ = false;
  bool expects_continue_ = false;
  std::string authority_;  ///< of a target in absolute form
  const char* refused_ = nullptr;
  http::request value_;
};

}  // namespace mofa::gateway
