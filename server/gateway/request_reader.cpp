#include "server/gateway/request_reader.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include "server/gateway/ascii.hpp"

namespace mofa::gateway {

namespace beast_http = boost::beast::http;

namespace {

std::string_view text(boost::beast::string_view value) { return {value.data(), value.size()}; }

constexpr std::size_t reserve_at_most_bytes = 64 * 1024;

}  // namespace

request_reader::request_reader(std::size_t header_bytes, std::size_t body_bytes) {
  limit(header_bytes, body_bytes);
  eager(true);
  value_.headers.reserve(8);
}

void request_reader::limit(std::size_t header_bytes, std::size_t body_bytes) {
  header_bytes_ = header_bytes;
  body_bytes_ = body_bytes;
  header_limit(static_cast<std::uint32_t>(header_bytes));
  body_limit(body_bytes);
}

bool request_reader::at_most_left(std::size_t bytes) const {
  if (is_done()) return true;
  const auto left = content_length_remaining();
  return left && *left <= bytes;
}

// Beast's own limit holds for what one call leaves unparsed; this one for the whole header.
void request_reader::count(std::size_t bytes, error_code& ec) {
  header_seen_ += bytes;
  if (header_seen_ > header_bytes_) ec = beast_http::error::header_limit;
}

void request_reader::refuse(const char* detail, error_code& ec) {
  refused_ = detail;
  ec = beast_http::error::bad_field;
}

void request_reader::on_request_impl(beast_http::verb, string_view method, string_view target, int version, error_code& ec) {
  version_ = version;
  value_.method = text(method);
  auto rest = text(target);
  if (rest.empty() || rest.front() != '/') {
    // Absolute form (RFC 9112, section 3.2.2): a server takes it, and its authority wins over Host.
    const auto scheme = rest.find("://");
    const bool absolute = scheme != std::string_view::npos && (equal_ignoring_case(rest.substr(0, scheme), "http") ||
                                                               equal_ignoring_case(rest.substr(0, scheme), "https"));
    if (!absolute) return refuse("the request target does not begin with '/'", ec);
    rest.remove_prefix(scheme + 3);
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    if (end == 0) return refuse("the request target has no host", ec);
    authority_ = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  const auto mark = std::min(rest.find('?'), rest.size());
  value_.path = mark == 0 ? std::string_view{"/"} : rest.substr(0, mark);
  value_.query = rest.substr(std::min(mark + 1, rest.size()));
  count(method.size() + target.size(), ec);
}

void request_reader::on_field_impl(beast_http::field name, string_view name_text, string_view value, error_code& ec) {
  count(name_text.size() + value.size(), ec);
  // Trailers may not change what was decided by the header.
  if (ec || header_done_) return;
  if (name == beast_http::field::host) {
    ++hosts_;
  } else if (name == beast_http::field::origin) {
    value_.from_browser = true;
  } else if (name == beast_http::field::expect) {
    expects_continue_ = equal_ignoring_case(text(value), "100-continue");
  } else if (name == beast_http::field::transfer_encoding && !equal_ignoring_case(text(value), "chunked")) {
    // Anything else would leave the end of the body to guesses.
    return refuse("Transfer-Encoding other than 'chunked'", ec);
  }
  auto& added = value_.headers.emplace_back(text(name_text), text(value));
  std::transform(added.first.begin(), added.first.end(), added.first.begin(), to_lower);
}

void request_reader::on_header_impl(error_code& ec) {
  header_done_ = true;
  header_seen_ = 0;  // the trailers, if there are any, have the same room again
  if (hosts_ > 1 || (hosts_ == 0 && version_ >= 11)) return refuse("a request has exactly one Host header", ec);
  if (authority_.empty()) return;
  for (auto& [name, value] : value_.headers) {
    if (name == "host") value = std::move(authority_);
  }
}

void request_reader::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  // A length is a promise of the client's; more is allocated as bytes arrive.
  if (length) value_.body.reserve(std::min(static_cast<std::size_t>(*length), reserve_at_most_bytes));
}

std::size_t request_reader::on_body_impl(string_view bytes, error_code&) {
  value_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t request_reader::on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) {
  value_.body.append(bytes.data(), bytes.size());
  return bytes.size();
}

error request_reader::explain(const boost::system::error_code& why) const {
  if (refused_ != nullptr) return fail(errc::invalid_syntax, refused_);
  if (why == beast_http::error::body_limit) {
    return fail(errc::payload_too_large,
                "the body is larger than " + std::to_string(body_bytes_) + " bytes (limits.body_bytes)");
  }
  if (why == beast_http::error::header_limit || why == beast_http::error::buffer_overflow) {
    return fail(errc::header_too_large,
                "the header is larger than " + std::to_string(header_bytes_) + " bytes (limits.header_bytes)");
  }
  return fail(errc::invalid_syntax, "not HTTP/1.1: " + why.message());
}

}  // namespace mofa::gateway
